using System.Collections.Immutable;

namespace Mano.Meo.Placement.Filters;

/// <summary>
/// The platform offers every required service (MEC 010-2 appServiceRequired): same name, a compatible version, and
/// one group of its transports in full.
/// </summary>
internal sealed class ServiceFilter : ITraitFilter
{
    private const string Missing = "NO_SERVICE";
    private const string RestHttp = "REST_HTTP";

    public string Name => "services";

    public string? Refuses(PlacementRequest request, HostModel host) => FirstMissing(request, host) is null ? null : Missing;

    public Refusal Explain(PlacementRequest request, HostModel host)
    {
        var missing = FirstMissing(request, host)!;
        return new(Missing, Said(missing.Name, missing.Version), Refusal.Listed(host.Services.Select(s => Said(s.Name, s.Version))));
    }

    /// <summary>Whether the host's platform offers the service.</summary>
    public static bool Offers(HostModel host, NeededService needed)
    {
        foreach (var offered in host.Services)
        {
            if (Satisfies(offered, needed))
            {
                return true;
            }
        }

        return false;
    }

    private static NeededService? FirstMissing(PlacementRequest request, HostModel host)
    {
        foreach (var needed in request.Services)
        {
            if (!Offers(host, needed))
            {
                return needed;
            }
        }

        return null;
    }

    private static bool Satisfies(OfferedService offered, NeededService needed)
    {
        if (!string.Equals(offered.Name, needed.Name, StringComparison.OrdinalIgnoreCase) || !Versions.Satisfies(offered.Version, needed.Version))
        {
            return false;
        }

        if (needed.TransportGroups.Length == 0)
        {
            return Has(offered, RestHttp);
        }

        foreach (var group in needed.TransportGroups)
        {
            if (HasAll(offered, group))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasAll(OfferedService offered, ImmutableArray<string> transports)
    {
        foreach (var transport in transports)
        {
            if (!Has(offered, transport))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Has(OfferedService offered, string transport) =>
        offered.Transports.Length == 0 ? transport == RestHttp : offered.Transports.Contains(transport);

    private static string Said(string name, string version) => version.Length == 0 ? name : $"{name} {version}";
}
