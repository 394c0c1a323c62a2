using System.Collections.Immutable;

namespace Mano.Meo.Placement;

/// <summary>
/// Where several applications would go together, all or none: each is placed in a copy of the fleet in which those before it have
/// their capacity, the largest first, since small ones fit in what is left. It is not searched further: a group that only fits
/// in an order of its own, or with an instance on a host that is not the best for it, is not found.
/// </summary>
internal static class GroupPlacement
{
    /// <summary>The decisions in the order of the requests. If one has no host, it says so and nobody is placed; those after it are null.</summary>
    public static ImmutableArray<PlacementDecision?> Place(IPlacer placer, IReadOnlyList<PlacementRequest> requests, FleetSnapshot fleet)
    {
        var decisions = new PlacementDecision?[requests.Count];
        foreach (var at in Enumerable.Range(0, requests.Count).OrderByDescending(i => Size(requests[i].Needed, fleet)))
        {
            var decision = placer.Place(requests[at], fleet);
            decisions[at] = decision;
            if (decision.HostId is not { } id || fleet.Find(id) is not { } host)
            {
                break;
            }

            fleet = fleet.With(Occupied(host, requests[at]));
        }

        return [.. decisions];
    }

    /// <summary>The host with the application on it, as a hold would leave it.</summary>
    public static HostModel Occupied(HostModel host, PlacementRequest request) => host with
    {
        Held = host.Held + request.Needed,
        HeldDevices = host.HeldDevices.With(request.Devices, 1),
        Instances = request.AppInstanceId.Length > 0 ? host.Instances.Add(request.AppInstanceId) : host.Instances,
        Groups = request.AntiAffinityGroups.Union(request.AffinityGroups).Aggregate(
            host.Groups, (groups, name) => groups.SetItem(name, groups.GetValueOrDefault(name) + 1)),
        Packages = request.AppPkgId.Length > 0 ? host.Packages.SetItem(request.AppPkgId, host.Packages.GetValueOrDefault(request.AppPkgId) + 1) : host.Packages,
    };

    /// <summary>The largest part that it takes of the largest host.</summary>
    private static double Size(ResourceAmount needed, FleetSnapshot fleet) => fleet.All is not { Group.MaxTotal: var most }
        ? 0
        : Math.Max(Part(needed.MilliCpu, most.MilliCpu), Math.Max(Part(needed.MemoryMib, most.MemoryMib), Part(needed.DiskGib, most.DiskGib)));

    private static double Part(long needed, long most) => most <= 0 ? 0 : needed / (double)most;
}
