using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Mano.Meo.Placement;

/// <summary>Chooses a host. A pure function of its two arguments and the configured rules.</summary>
internal interface IPlacer
{
    /// <summary>
    /// Decides. Of a fleet of some size it tells only the best hosts, of a small one every host.
    /// "No host" is an answer, with the tally of all of them: <see cref="PlacementDecision.HostId"/> is null.
    /// </summary>
    PlacementDecision Place(PlacementRequest request, FleetSnapshot fleet);

    /// <summary>The same decision, and of every host why or why not.</summary>
    PlacementDecision Explain(PlacementRequest request, FleetSnapshot fleet);
}

/// <summary>
/// What a decision is, by looking at every host:
/// 1. Every host goes through the filters, cheapest first, and stops at the first that refuses it.
/// 2. Those left are scored: the weighted mean of the scorers.
/// 3. The best wins; of equal ones the first clockwise from the request's start (<see cref="TieBreak"/>).
/// <see cref="Search.IndexedPlacer"/> finds the same host without looking at each.
/// </summary>
internal sealed class Placer(PlacementOptions options) : IPlacer
{
    private readonly PlacementRules rules = new(options);

    public PlacementDecision Explain(PlacementRequest request, FleetSnapshot fleet) => Place(request, fleet);

    /// <summary>The best host alone, without reasons and without allocating: what a search must find, and the floor under its cost.</summary>
    public RankedHost? Best(PlacementRequest request, FleetSnapshot fleet)
    {
        request = request.In(fleet);
        var start = TieBreak.StartOf(request.Seed);
        RankedHost? best = null;
        foreach (var host in fleet.Hosts)
        {
            if (rules.RefusedBy(request, host) is not null || rules.Score(request, host) is var score && score < best?.Score)
            {
                continue;
            }

            var ranked = new RankedHost(host, score, TieBreak.Distance(start, TieBreak.PlaceOf(host.HostId)));
            if (best is not { } known || RankedHost.BestFirst(ranked, known) < 0)
            {
                best = ranked;
            }
        }

        return best;
    }

    /// <summary>How many hosts are refused for which reason, without the figures.</summary>
    public IReadOnlyDictionary<string, int> Count(PlacementRequest request, FleetSnapshot fleet)
    {
        request = request.In(fleet);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var host in fleet.Hosts)
        {
            if (rules.Reason(request, host) is { } reason)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, reason, out _)++;
            }
        }

        return counts;
    }

    public PlacementDecision Place(PlacementRequest request, FleetSnapshot fleet)
    {
        request = request.In(fleet);
        var start = TieBreak.StartOf(request.Seed);
        var passed = new List<RankedHost>(fleet.Count);
        var rejections = ImmutableArray.CreateBuilder<Rejection>();
        foreach (var host in fleet.Hosts)
        {
            if (rules.RefusedBy(request, host) is { } filter)
            {
                var refusal = filter.Explain(request, host);
                rejections.Add(new(host.HostId, host.SiteId, refusal.Reason, refusal.Needed, refusal.Offered));
            }
            else
            {
                passed.Add(new(host, rules.Score(request, host), TieBreak.Distance(start, TieBreak.PlaceOf(host.HostId))));
            }
        }

        passed.Sort(RankedHost.BestFirst);
        var refused = rejections.DrainToImmutable();
        return passed is not [{ Host: var best }, ..]
            ? new() { Rejections = refused, Summary = Tally.NoHost(fleet.Count, Tally.Of(refused)) }
            : new()
            {
                HostId = best.HostId,
                SiteId = best.SiteId,
                Zone = best.Zone,
                Candidates = [.. passed.Select(p => rules.Describe(request, p.Host))],
                Rejections = refused,
                Summary = Tally.Chosen(request, best, passed.Count, Tally.Of(refused)),
            };
    }
}

/// <summary>A host that passed, with what decides between it and others.</summary>
internal readonly record struct RankedHost(HostModel Host, double Score, ulong Distance)
{
    /// <summary>The higher score; then the nearer on the ring; then the lower id.</summary>
    public static Comparison<RankedHost> BestFirst { get; } = (left, right) =>
    {
        var order = right.Score.CompareTo(left.Score);
        order = order != 0 ? order : left.Distance.CompareTo(right.Distance);
        return order != 0 ? order : string.CompareOrdinal(left.Host.HostId, right.Host.HostId);
    };

    /// <summary>Whether it comes before every host with at most that score and at least that distance.</summary>
    public bool Beats(double score, ulong distance) => Score > score || (Score == score && Distance < distance);
}
