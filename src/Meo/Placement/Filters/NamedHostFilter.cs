using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Filters;

/// <summary>The caller named the site or the host (MEC 010-2 selectedMECHostInfo).</summary>
internal sealed class NamedHostFilter : INarrowingFilter
{
    private const string OtherSite = "OTHER_SITE";
    private const string OtherHost = "OTHER_HOST";

    public string Name => "named";

    public string? Refuses(PlacementRequest request, HostModel host) =>
        request.SiteId.Length > 0 && request.SiteId != host.SiteId ? OtherSite
        : request.HostId.Length > 0 && request.HostId != host.HostId ? OtherHost
        : null;

    public Refusal Explain(PlacementRequest request, HostModel host) => Refuses(request, host) == OtherSite
        ? new(OtherSite, request.SiteId, host.SiteId)
        : new(OtherHost, request.HostId, host.HostId);

    public GroupVerdict Judge(PlacementRequest request, HostGroup group) =>
        request.SiteId.Length == 0 && request.HostId.Length == 0 ? GroupVerdict.All : GroupVerdict.Mixed;

    public Narrowed? Narrow(PlacementRequest request, FleetSnapshot fleet) =>
        request.SiteId.Length > 0 ? new(Listed(fleet.AtSite(request.SiteId)), OtherSite, request.HostId.Length == 0 ? this : null)
        : request.HostId.Length > 0 ? new(Listed(fleet.Alone(request.HostId)), OtherHost, this)
        : null;

    private static HostNode[] Listed(HostNode? node) => node is null ? [] : [node];
}
