using System.Text.Json.Serialization;

namespace Mano.Packages.AppD;

/// <summary>A name the platform's DNS answers while the application is ready (MEC 010-2 §6.2.1.13).</summary>
public sealed record DnsRuleDescriptor
{
    public required string DnsRuleId { get; init; }

    /// <summary>A fully qualified name in lower case, without the closing dot.</summary>
    public required string DomainName { get; init; }
    public required IpAddressType IpAddressType { get; init; }
    public required string IpAddress { get; init; }

    /// <summary>Seconds. Null: the answer does not expire.</summary>
    public int? Ttl { get; init; }
}

/// <summary>Address families.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<IpAddressType>))]
public enum IpAddressType
{
    [JsonStringEnumMemberName("IP_V4")] IpV4,
    [JsonStringEnumMemberName("IP_V6")] IpV6,
}
