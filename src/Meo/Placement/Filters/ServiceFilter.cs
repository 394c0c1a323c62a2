using System.Collections.Immutable;

namespace Mano.Meo.Placement.Filters;

/// <summary>
/// The platform offers every required service (MEC 010-2 appServiceRequired): same name, a compatible version, and
/// one group of its transports in full.
/// </summary>
internal sealed class ServiceFilter : IHostFilter
{
    private static readonly ImmutableArray<string> RestHttp = ["REST_HTTP"];

    public string Name => "services";

    public Refusal? Refuse(PlacementRequest request, HostModel host)
    {
        foreach (var needed in request.Services)
        {
            if (!host.Services.Any(offered => Satisfies(offered, needed)))
            {
                return new("NO_SERVICE", Said(needed.Name, needed.Version), Refusal.Listed(host.Services.Select(s => Said(s.Name, s.Version))));
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

        var transports = offered.Transports.Length == 0 ? RestHttp : offered.Transports;
        return needed.TransportGroups.Length == 0
            ? transports.Contains("REST_HTTP")
            : needed.TransportGroups.Any(group => group.All(t => transports.Contains(t)));
    }

    private static string Said(string name, string version) => version.Length == 0 ? name : $"{name} {version}";
}
