using System.Net;
using System.Text.Json.Serialization;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Dns;

/// <summary>A DNS rule as it was configured (MEC 011 DnsRule without its state).</summary>
/// <param name="Id">Unique within the application instance.</param>
/// <param name="DomainName">As written; see <see cref="Dns.DomainName.TryParse"/>.</param>
/// <param name="IpAddressType">Which queries it answers.</param>
/// <param name="IpAddress">The answer; unspecified (0.0.0.0, ::) for the instance's own address.</param>
/// <param name="TtlSeconds">Null: the platform's default.</param>
internal sealed record DnsRule(string Id, string DomainName, IpAddressType IpAddressType, string IpAddress, uint? TtlSeconds)
{
    private const int MaxId = 255;
    private const uint MaxTtl = int.MaxValue; // RFC 2181 8

    /// <summary>The name in the form in which it is compared. The rule was checked.</summary>
    [JsonIgnore]
    public DomainName Name => Dns.DomainName.TryParse(DomainName, out var name, out var fault) ? name : throw new FormatException(fault);

    /// <summary>Finds every fault, each at its path.</summary>
    public void Check(string path, List<Fault> faults)
    {
        if (Id.Length is 0 or > MaxId)
        {
            faults.Add(new($"{path}.dnsRuleId", $"has {Id.Length} characters; 1 to {MaxId} are allowed."));
        }

        if (!Dns.DomainName.TryParse(DomainName, out _, out var fault))
        {
            faults.Add(new($"{path}.domainName", fault));
        }

        if (!IPAddress.TryParse(IpAddress, out var address))
        {
            faults.Add(new($"{path}.ipAddress", $"'{IpAddress}' is not an IP address."));
        }
        else if (DnsAddress.TypeOf(address) != AnswerType)
        {
            faults.Add(new($"{path}.ipAddress", $"{IpAddress} is not of the family {(AnswerType == DnsType.A ? "IP_V4" : "IP_V6")} that ipAddressType says."));
        }

        if (TtlSeconds > MaxTtl)
        {
            faults.Add(new($"{path}.ttl", $"is {TtlSeconds} s; at most {MaxTtl} are allowed."));
        }
    }

    /// <summary>What the rule answers with, or why it cannot: the instance has no address of this family.</summary>
    public Outcome<DnsEntry> Resolve(IPAddress instance, uint defaultTtlSeconds)
    {
        var given = IPAddress.Parse(IpAddress);
        var address = given.Equals(IPAddress.Any) || given.Equals(IPAddress.IPv6Any) ? instance : given;
        return DnsAddress.TypeOf(address) == AnswerType
            ? new DnsEntry(Id, Name, new(address, TtlSeconds ?? defaultTtlSeconds))
            : Failure.InvalidInput(
                "NO_ADDRESS_OF_FAMILY",
                $"DNS rule {Id} answers {DomainName} with the instance's own {(AnswerType == DnsType.A ? "IPv4" : "IPv6")} address, but the instance runs at {instance}: give the rule an address, or the other ipAddressType.",
                $"dns-rule/{Id}");
    }

    private DnsType AnswerType => IpAddressType == IpAddressType.IpV6 ? DnsType.Aaaa : DnsType.A;
}

/// <summary>MEC 011 DnsRule.ipAddressType.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<IpAddressType>))]
internal enum IpAddressType
{
    [JsonStringEnumMemberName("IP_V4")] IpV4 = 1,
    [JsonStringEnumMemberName("IP_V6")] IpV6,
}
