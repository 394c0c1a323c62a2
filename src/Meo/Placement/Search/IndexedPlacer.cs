using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Search;

/// <summary>
/// The decisions of <see cref="Placer"/> at a cost that hardly grows with the fleet. Small fleets are scanned, because each host is then
/// explained; of larger ones only the best hosts are told, so that what is kept of a decision does not grow either.
/// </summary>
internal sealed class IndexedPlacer(PlacementOptions options) : IPlacer
{
    /// <summary>So many of the best hosts are told of a large fleet.</summary>
    public const int Told = 3;

    private readonly PlacementRules rules = new(options);
    private readonly Placer scan = new(options);

    public PlacementDecision Explain(PlacementRequest request, FleetSnapshot fleet) => scan.Place(request, fleet);

    public PlacementDecision Place(PlacementRequest request, FleetSnapshot fleet)
    {
        if (fleet.Count <= options.ExplainedHosts)
        {
            return scan.Place(request, fleet);
        }

        var found = new BestHosts(rules, request, fleet, Told).Find();
        return found is not [{ Host: var best }, ..]
            ? new() { Summary = Tally.NoHost(fleet.Count, new GroupTally(rules, request, fleet).Count()) }
            : new()
            {
                HostId = best.HostId,
                SiteId = best.SiteId,
                Zone = best.Zone,
                Candidates = [.. found.Select(f => rules.Describe(request, f.Host))],
                Summary = Tally.ChosenOfMany(request, best, fleet.Count),
            };
    }
}
