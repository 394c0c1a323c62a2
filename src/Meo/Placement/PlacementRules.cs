using System.Collections.Immutable;
using Mano.Meo.Placement.Filters;
using Mano.Meo.Placement.Index;
using Mano.Meo.Placement.Scorers;

namespace Mano.Meo.Placement;

/// <summary>The filters and scorers that configuration chose. The scan and the search ask these same methods, so that they cannot differ.</summary>
internal sealed class PlacementRules
{
    private readonly WeightedScorer[] scorers;
    private readonly double weights;

    public PlacementRules(PlacementOptions options)
    {
        Filters = [.. HostFilters.Chosen(options.Filters)];
        scorers = [.. HostScorers.Chosen(options.Scorers)];
        weights = scorers.Sum(s => s.Weight);
    }

    /// <summary>In the order in which they are asked.</summary>
    public IHostFilter[] Filters { get; }

    /// <summary>The first filter that refuses the host, or null.</summary>
    public IHostFilter? RefusedBy(PlacementRequest request, HostModel host)
    {
        foreach (var filter in Filters)
        {
            if (filter.Refuses(request, host) is not null)
            {
                return filter;
            }
        }

        return null;
    }

    /// <summary>Why the host is refused; null if it passes.</summary>
    public string? Reason(PlacementRequest request, HostModel host)
    {
        foreach (var filter in Filters)
        {
            if (filter.Refuses(request, host) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

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
        foreach (var filter in Filters)
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

        return new(fleet.All is { } all ? [all] : [], "", null);
    }

    private double Mean(double sum) => weights > 0 ? sum / weights : 0;
}
