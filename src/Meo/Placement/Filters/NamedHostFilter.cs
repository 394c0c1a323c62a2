namespace Mano.Meo.Placement.Filters;

/// <summary>The caller named the site or the host (MEC 010-2 selectedMECHostInfo).</summary>
internal sealed class NamedHostFilter : IHostFilter
{
    public string Name => "named";

    public Refusal? Refuse(PlacementRequest request, HostModel host)
    {
        if (request.SiteId.Length > 0 && request.SiteId != host.SiteId)
        {
            return new("OTHER_SITE", request.SiteId, host.SiteId);
        }

        return request.HostId.Length > 0 && request.HostId != host.HostId
            ? new("OTHER_HOST", request.HostId, host.HostId)
            : null;
    }
}
