namespace Mano.Meo.Placement.Filters;

/// <summary>The site stands in the country asked for (MEC 010-2 locationConstraints.countryCode).</summary>
internal sealed class CountryFilter : ITraitFilter
{
    private const string Other = "OTHER_COUNTRY";

    public string Name => "country";

    public string? Refuses(PlacementRequest request, HostModel host) =>
        request.CountryCode.Length == 0 || string.Equals(request.CountryCode, host.CountryCode, StringComparison.OrdinalIgnoreCase) ? null : Other;

    public Refusal Explain(PlacementRequest request, HostModel host) =>
        new(Other, request.CountryCode, host.CountryCode.Length == 0 ? "not said" : host.CountryCode);
}
