using System.Collections.Immutable;

namespace Mano.Meo.Placement;

/// <summary>Every host at one moment, ordered by host id. Placement sees nothing else of the world.</summary>
internal sealed record FleetSnapshot(ImmutableArray<HostModel> Hosts)
{
    public static FleetSnapshot Empty { get; } = new(ImmutableArray<HostModel>.Empty);

    public static FleetSnapshot Of(IEnumerable<HostModel> hosts) =>
        new([.. hosts.OrderBy(h => h.HostId, StringComparer.Ordinal)]);
}
