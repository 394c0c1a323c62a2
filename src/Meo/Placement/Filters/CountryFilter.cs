namespace Mano.Meo.Placement.Filters;

/// <summary>The site stands in the country asked for (MEC 010-2 locationConstraints.countryCode).</summary>
internal sealed class CountryFilter : IHostFilter
{
    public string Name => "country";

    public Refusal? Refuse(PlacementRequest request, HostModel host) =>
        request.CountryCode.Length == 0 || string.Equals(request.CountryCode, host.CountryCode, StringComparison.OrdinalIgnoreCase)
            ? null
            : new("OTHER_COUNTRY", request.CountryCode, host.CountryCode.Length == 0 ? "not said" : host.CountryCode);
}
