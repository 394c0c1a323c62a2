using System.Collections.Immutable;
using Mano.Meo.Placement.Geography;

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

    /// <summary>GeoJSON (RFC 7946), a Polygon or a MultiPolygon.</summary>
    public string Area { get; init; } = "";

    /// <summary>Where the users are.</summary>
    public GeoPoint? UserLocation { get; init; }

    public ImmutableArray<string> Networks { get; init; } = [];

    public ImmutableArray<string> AntiAffinityGroups { get; init; } = [];

    public ImmutableArray<string> AffinityGroups { get; init; } = [];
}
