using System.Net;

namespace Mano.MecPlatform.Dns;

/// <summary>How the responder behaves.</summary>
internal sealed record DnsOptions
{
    /// <summary>Where it listens, UDP and TCP on the same port; port 0 means any.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Whom to ask for names that are not ours; null: nobody, such names are REFUSED.</summary>
    public IPEndPoint? Upstream { get; init; }

    /// <summary>How long the upstream may take. The default is 2 seconds: stub resolvers ask again after 5, so two attempts fit before.</summary>
    public TimeSpan UpstreamTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>TTL of rules that give none. The default is 30 seconds: short enough that a device follows when its application moves.</summary>
    public uint DefaultTtlSeconds { get; init; } = 30;

    /// <summary>Zones in which a name without an active rule does not exist (NXDOMAIN) instead of being forwarded.</summary>
    public IReadOnlyList<DomainName> Zones { get; init; } = [];
}
