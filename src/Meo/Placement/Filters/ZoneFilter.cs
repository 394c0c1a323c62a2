namespace Mano.Meo.Placement.Filters;

/// <summary>The host stands in one of the zones asked for.</summary>
internal sealed class ZoneFilter : IHostFilter
{
    public string Name => "zone";

    public Refusal? Refuse(PlacementRequest request, HostModel host) =>
        request.Zones.Length == 0 || request.Zones.Contains(host.Zone)
            ? null
            : new("OTHER_ZONE", Refusal.Listed(request.Zones), host.Zone);
}
