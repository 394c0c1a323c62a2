using Mano.Meo.Placement.Filters;
using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Scorers;

/// <summary>
/// The part of the optional services and features (MEC 010-2 appServiceOptional, appFeatureOptional) that the host's own platform has;
/// 1 when none is named.
/// </summary>
internal sealed class LocalityScorer : IHostScorer
{
    public string Name => "locality";

    public double Score(PlacementRequest request, HostModel host)
    {
        var named = request.OptionalServices.Length + request.OptionalFeatures.Length;
        if (named == 0)
        {
            return 1;
        }

        var there = 0;
        foreach (var service in request.OptionalServices)
        {
            there += ServiceFilter.Offers(host, service) ? 1 : 0;
        }

        foreach (var feature in request.OptionalFeatures)
        {
            there += FeatureFilter.Offers(host, feature) ? 1 : 0;
        }

        return there / (double)named;
    }

    /// <summary>Services and features are traits: the best class of the group.</summary>
    public double Bound(PlacementRequest request, HostGroup group)
    {
        if (group.Traits is null)
        {
            return 1;
        }

        var best = 0.0;
        foreach (var traits in group.Traits)
        {
            best = Math.Max(best, Score(request, traits.Example));
        }

        return best;
    }
}
