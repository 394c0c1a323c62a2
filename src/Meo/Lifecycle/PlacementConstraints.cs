using System.Collections.Immutable;

namespace Mano.Meo.Lifecycle;

/// <summary>What a caller asks of the place, beyond what the AppD says. Empty fields ask nothing.</summary>
internal sealed record PlacementConstraints
{
    public static PlacementConstraints None { get; } = new();

    public ImmutableArray<string> Zones { get; init; } = [];

    public string SiteId { get; init; } = "";

    public string HostId { get; init; } = "";

    public string CountryCode { get; init; } = "";

    public long? MaxLatencyNs { get; init; }

    public ImmutableArray<string> AntiAffinity { get; init; } = [];

    public ImmutableArray<string> Affinity { get; init; } = [];
}
