using System.Net;

namespace Mano.MecPlatform.Dns;

/// <summary>An address to answer with.</summary>
internal readonly record struct DnsAddress(IPAddress Address, uint TtlSeconds)
{
    public DnsType Type => TypeOf(Address);

    public static DnsType TypeOf(IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? DnsType.Aaaa : DnsType.A;
}

/// <summary>What to say to a query.</summary>
/// <param name="Code">The response code.</param>
/// <param name="Addresses">The answer section.</param>
/// <param name="Authority">Whose SOA to show with a negative answer (RFC 2308), which makes us authoritative; null for none.</param>
/// <param name="Authoritative">Whether the answer comes from our own rules.</param>
internal sealed record DnsAnswer(DnsResponseCode Code, IReadOnlyList<DnsAddress> Addresses, DomainName? Authority, bool Authoritative)
{
    public static DnsAnswer Found(IReadOnlyList<DnsAddress> addresses) => new(DnsResponseCode.NoError, addresses, null, true);

    /// <summary>The name exists, this type does not.</summary>
    public static DnsAnswer NoData(DomainName authority) => new(DnsResponseCode.NoError, [], authority, true);

    public static DnsAnswer NoSuchName(DomainName authority) => new(DnsResponseCode.NameError, [], authority, true);

    /// <summary>The zone's start of authority, asked for by name.</summary>
    public static DnsAnswer Start(DomainName zone) => new(DnsResponseCode.NoError, [], zone, true) { AuthorityIsAnswer = true };

    /// <summary>Whether the SOA is what was asked for, and not the reason of a negative answer.</summary>
    public bool AuthorityIsAnswer { get; private init; }

    public static DnsAnswer Error(DnsResponseCode code) => new(code, [], null, false);
}
