namespace Mano.Meo.Placement.Filters;

/// <summary>The platform has every required feature (MEC 010-2 appFeatureRequired) in a compatible version.</summary>
internal sealed class FeatureFilter : ITraitFilter
{
    private const string Missing = "NO_FEATURE";

    public string Name => "features";

    public string? Refuses(PlacementRequest request, HostModel host) => FirstMissing(request, host) is null ? null : Missing;

    public Refusal Explain(PlacementRequest request, HostModel host) =>
        new(Missing, Said(FirstMissing(request, host)!), Refusal.Listed(host.Features.Select(Said)));

    private static OfferedFeature? FirstMissing(PlacementRequest request, HostModel host)
    {
        foreach (var needed in request.Features)
        {
            if (!Offers(host, needed))
            {
                return needed;
            }
        }

        return null;
    }

    /// <summary>Whether the host's platform has the feature.</summary>
    public static bool Offers(HostModel host, OfferedFeature needed)
    {
        foreach (var offered in host.Features)
        {
            if (string.Equals(offered.Name, needed.Name, StringComparison.OrdinalIgnoreCase) && Versions.Satisfies(offered.Version, needed.Version))
            {
                return true;
            }
        }

        return false;
    }

    private static string Said(OfferedFeature feature) => feature.Version.Length == 0 ? feature.Name : $"{feature.Name} {feature.Version}";
}
