using System.Collections.Immutable;
using Mano.Meo.Placement.Filters;
using Mano.Meo.Placement.Index;
using Mano.Meo.Placement.Scorers;

namespace Mano.Meo.Placement;

/// <summary>The filters and scorers that configuration chose. The scan and the search ask these same methods, so that they cannot differ.</summary>
internal sealed class PlacementRules
{
    private readonly IHostFilter[] filters;
    private readonly WeightedScorer[] scorers;
    private readonly double weights;

    public PlacementRules(PlacementOptions options)
    {
        filters = [.. HostFilters.Chosen(options.Filters)];
        scorers = [.. HostScorers.Chosen(options.Scorers)];
        weights = scorers.Sum(s => s.Weight);
    }

    /// <summary>The first filter that refuses the host, or null.</summary>
    public IHostFilter? RefusedBy(PlacementRequest request, HostModel host)
    {
        foreach (var filter in filters)
        {
            if (filter.Refuses(request, host) is not null)
            {
                return filter;
            }
        }

        return null;
    }

    /// <summary>Why the host is refused; null if it passes.</summary>
    public string? Reason(PlacementRequest request, HostModel host) => RefusedBy(request, host)?.Refuses(request, host);

    /// <summary>0 to 1: the weighted mean of the scorers.</summary>
    public double Score(PlacementRequest request, HostModel host)
    {
        var sum = 0.0;
        foreach (var (scorer, weight) in scorers)
        {
            sum += scorer.Score(request, host) * weight;
        }

        return Mean(sum);
    }

    /// <summary>What each scorer says of the host, in the order in which they are added up.</summary>
    public Candidate Describe(PlacementRequest request, HostModel host)
    {
        var parts = ImmutableArray.CreateBuilder<ScorePart>(scorers.Length);
        foreach (var (scorer, weight) in scorers)
        {
            parts.Add(new(scorer.Name, scorer.Score(request, host), weight));
        }

        return new(host.HostId, host.SiteId, Score(request, host), parts.MoveToImmutable());
    }

    /// <summary>False only if every host of the group is refused.</summary>
    public bool MayPass(PlacementRequest request, HostGroup group)
    {
        foreach (var filter in filters)
        {
            if (filter.Judge(request, group).RefusesAll)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What all filters together say of a group, as they would of each host: the first that refuses gives the reason.</summary>
    public GroupVerdict Judge(PlacementRequest request, HostGroup group)
    {
        foreach (var filter in filters)
        {
            var verdict = filter.Judge(request, group);
            if (!verdict.PassesAll)
            {
                return verdict;
            }
        }

        return GroupVerdict.All;
    }

    /// <summary>At least the score of every host of the group: the same sum, in the same order, of the scorers' bounds.</summary>
    public double Bound(PlacementRequest request, HostGroup group)
    {
        var sum = 0.0;
        foreach (var (scorer, weight) in scorers)
        {
            sum += scorer.Bound(request, group) * weight;
        }

        return Mean(sum);
    }

    /// <summary>The part of the fleet that the first filters leave over, if the fleet has an index for what the request asks of them.</summary>
    public Narrowed Narrow(PlacementRequest request, FleetSnapshot fleet)
    {
        foreach (var filter in filters)
        {
            if (filter is not INarrowingFilter narrowing)
            {
                break;
            }

            if (narrowing.Narrow(request, fleet) is { } narrowed)
            {
                return narrowed;
            }
        }

        return new(fleet.All is { } all ? [all] : [], "");
    }

    private double Mean(double sum) => weights > 0 ? sum / weights : 0;
}
