using System.Collections.Immutable;
using Mano.Meo.Inventory;
using Mano.Meo.Placement;

namespace Mano.Meo.Lifecycle;

/// <summary>A host, and who leaves it for the newcomer.</summary>
/// <param name="Decision">Where the newcomer goes.</param>
/// <param name="Leaving">The holds of those who are terminated for it; none when there is room as it is.</param>
internal sealed record MadeRoom(PlacementDecision Decision, ImmutableArray<CapacityHold> Leaving);

/// <summary>
/// Whose termination makes room for an instance that has none. Only those count whom the caller has named (MEC 010-2
/// appTermCandsForCoord), and of them only those go that are in the way on the host that is chosen. Pure.
/// </summary>
internal static class Preemption
{
    /// <param name="placer">Decides in each imagined fleet.</param>
    /// <param name="request">The newcomer, for whom no host is right as things are.</param>
    /// <param name="fleet">As things are.</param>
    /// <param name="options">Alternatives, the preferred first; each the holds of instances that may go.</param>
    /// <returns>Of the first option that makes room the host and who goes; null if none does.</returns>
    public static MadeRoom? Find(IPlacer placer, PlacementRequest request, FleetSnapshot fleet, IEnumerable<ImmutableArray<CapacityHold>> options)
    {
        foreach (var option in options)
        {
            var decision = placer.Place(request, Without(fleet, option));
            if (decision.HostId is { } hostId)
            {
                return new(decision, Needed(placer, request with { HostId = hostId }, fleet, [.. option.Where(h => h.HostId == hostId)]));
            }
        }

        return null;
    }

    /// <summary>The fleet once these have gone.</summary>
    public static FleetSnapshot Without(FleetSnapshot fleet, ImmutableArray<CapacityHold> leaving) => leaving.Aggregate(
        fleet,
        (rest, hold) => rest.Find(hold.HostId) is { } host ? rest.With(HeldOnHost.Of(host).With(hold, -1, isHere: false).On(host)) : rest);

    /// <summary>Those without whom it would not do: each stays if it can, the largest is asked first.</summary>
    private static ImmutableArray<CapacityHold> Needed(IPlacer placer, PlacementRequest there, FleetSnapshot fleet, ImmutableArray<CapacityHold> leaving) =>
        leaving
            .OrderByDescending(h => h.Amount.MilliCpu).ThenByDescending(h => h.Amount.MemoryMib).ThenBy(h => h.AppInstanceId, StringComparer.Ordinal)
            .Aggregate(leaving, (needed, hold) => needed.Remove(hold) is var fewer && placer.Place(there, Without(fleet, fewer)).HostId is not null ? fewer : needed);
}
