using System.Collections.Immutable;
using Mano.Meo.Placement.Filters;
using Mano.Meo.Placement.Scorers;

namespace Mano.Meo.Placement;

/// <summary>Chooses a host. A pure function of its two arguments and the configured rules.</summary>
internal interface IPlacer
{
    /// <summary>Decides, and says of every host why or why not. "No host" is an answer: <see cref="PlacementDecision.HostId"/> is null.</summary>
    PlacementDecision Place(PlacementRequest request, FleetSnapshot fleet);
}

/// <summary>
/// 1. Every host goes through the filters, cheapest first, and stops at the first that refuses it.
/// 2. Those left are scored: the weighted mean of the scorers.
/// 3. The best wins; equal ones are ordered by a hash of the request's seed and the host's id, so that a decision can be
///    replayed and yet not every request goes to the first name in the alphabet.
/// </summary>
internal sealed class Placer : IPlacer
{
    private readonly ImmutableArray<IHostFilter> filters;
    private readonly ImmutableArray<WeightedScorer> scorers;
    private readonly double weights;

    public Placer(PlacementOptions options)
    {
        filters = HostFilters.Chosen(options.Filters);
        scorers = HostScorers.Chosen(options.Scorers);
        weights = scorers.Sum(s => s.Weight);
    }

    public PlacementDecision Place(PlacementRequest request, FleetSnapshot fleet)
    {
        var passed = new List<HostModel>(fleet.Hosts.Length);
        var rejections = ImmutableArray.CreateBuilder<Rejection>();
        foreach (var host in fleet.Hosts)
        {
            if (Refuse(request, host) is { } refusal)
            {
                rejections.Add(new(host.HostId, host.SiteId, refusal.Reason, refusal.Needed, refusal.Offered));
            }
            else
            {
                passed.Add(host);
            }
        }

        var refused = rejections.DrainToImmutable();
        return passed.Count == 0
            ? new() { Rejections = refused, Summary = Tally.NoHost(fleet, refused) }
            : Best(request, passed, refused);
    }

    private Refusal? Refuse(PlacementRequest request, HostModel host)
    {
        foreach (var filter in filters)
        {
            if (filter.Refuse(request, host) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private PlacementDecision Best(PlacementRequest request, List<HostModel> passed, ImmutableArray<Rejection> rejections)
    {
        var ranked = passed
            .Select(host => (Host: host, Candidate: Score(request, host), Tie: StableHash.Of(request.Seed, host.HostId)))
            .OrderByDescending(c => c.Candidate.Score)
            .ThenBy(c => c.Tie)
            .ThenBy(c => c.Host.HostId, StringComparer.Ordinal)
            .ToList();
        var best = ranked[0];
        return new()
        {
            HostId = best.Host.HostId,
            SiteId = best.Host.SiteId,
            Zone = best.Host.Zone,
            Candidates = [.. ranked.Select(c => c.Candidate)],
            Rejections = rejections,
            Summary = Tally.Chosen(request, best.Host, ranked.Count, rejections),
        };
    }

    private Candidate Score(PlacementRequest request, HostModel host)
    {
        var parts = ImmutableArray.CreateBuilder<ScorePart>(scorers.Length);
        var sum = 0.0;
        foreach (var (scorer, weight) in scorers)
        {
            var score = scorer.Score(request, host);
            sum += score * weight;
            parts.Add(new(scorer.Name, score, weight));
        }

        return new(host.HostId, host.SiteId, weights > 0 ? sum / weights : 0, parts.MoveToImmutable());
    }
}
