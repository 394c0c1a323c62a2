namespace Mano.Meo.Placement.Filters;

/// <summary>The platform has every required feature (MEC 010-2 appFeatureRequired) in a compatible version.</summary>
internal sealed class FeatureFilter : IHostFilter
{
    public string Name => "features";

    public Refusal? Refuse(PlacementRequest request, HostModel host)
    {
        foreach (var needed in request.Features)
        {
            if (!host.Features.Any(offered => Satisfies(offered, needed)))
            {
                return new("NO_FEATURE", Said(needed), Refusal.Listed(host.Features.Select(Said)));
            }
        }

        return null;
    }

    private static bool Satisfies(OfferedFeature offered, OfferedFeature needed) =>
        string.Equals(offered.Name, needed.Name, StringComparison.OrdinalIgnoreCase) && Versions.Satisfies(offered.Version, needed.Version);

    private static string Said(OfferedFeature feature) => feature.Version.Length == 0 ? feature.Name : $"{feature.Name} {feature.Version}";
}
