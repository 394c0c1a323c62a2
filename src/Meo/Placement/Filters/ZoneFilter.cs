using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Filters;

/// <summary>The host stands in one of the zones asked for.</summary>
internal sealed class ZoneFilter : INarrowingFilter
{
    private const string Other = "OTHER_ZONE";

    public string Name => "zone";

    public string? Refuses(PlacementRequest request, HostModel host) =>
        request.Zones.Length == 0 || request.Zones.Contains(host.Zone) ? null : Other;

    public Refusal Explain(PlacementRequest request, HostModel host) => new(Other, Refusal.Listed(request.Zones), host.Zone);

    public GroupVerdict Judge(PlacementRequest request, HostGroup group) => request.Zones.Length == 0 ? GroupVerdict.All : GroupVerdict.Mixed;

    public Narrowed? Narrow(PlacementRequest request, FleetSnapshot fleet)
    {
        if (request.Zones.Length == 0)
        {
            return null;
        }

        var roots = new List<HostNode>(request.Zones.Length);
        foreach (var zone in request.Zones)
        {
            if (fleet.InZone(zone) is { } root && !roots.Contains(root))
            {
                roots.Add(root);
            }
        }

        return new([.. roots], Other, this);
    }
}
