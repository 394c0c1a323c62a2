using Grpc.Core;
using Mano.Meo.Northbound;
using Mano.Meo.Northbound.Queries;
using Mano.Meo.Reconciliation;
using Wire = Mano.Inventory.V1;

namespace Mano.Meo.Inventory;

/// <summary>mano.inventory.v1.InventoryService: sites register, live and leave.</summary>
internal sealed class InventoryGrpcService(SiteDirectory sites, IdempotencyKeys keys, Debts debts, Findings findings) : Wire.InventoryService.InventoryServiceBase
{
    public override async Task<Wire.RegisterSiteResponse> RegisterSite(Wire.RegisterSiteRequest request, ServerCallContext context)
    {
        SiteRules.Check(request.Site);
        _ = (await sites.Register(SiteWire.ToModel(request.Site), context.CancellationToken)).Value;
        return new() { HeartbeatIntervalMs = IntervalMs };
    }

    public override async Task<Wire.HeartbeatResponse> Heartbeat(Wire.HeartbeatRequest request, ServerCallContext context)
    {
        SiteRules.Check(request);
        _ = (await sites.Heartbeat(
            request.SiteId, request.Incarnation, [.. request.Hosts.Select(SiteWire.ToReport)], context.CancellationToken)).Value;
        return new() { HeartbeatIntervalMs = IntervalMs };
    }

    public override async Task<Wire.DeregisterSiteResponse> DeregisterSite(Wire.DeregisterSiteRequest request, ServerCallContext context)
    {
        _ = (await sites.Deregister(request.SiteId, request.Incarnation, context.CancellationToken)).Value;
        return new();
    }

    public override Task<Wire.GetSiteResponse> GetSite(Wire.GetSiteRequest request, ServerCallContext context)
    {
        var mask = ReadMask.Of(request.ReadMask, Wire.Site.Descriptor);
        var site = sites.Find(request.SiteId) ?? throw Mesh.Failures.Failure.NotFound(
            "SITE_NOT_FOUND", $"There is no site '{request.SiteId}'; list the sites to see which there are.", "site/" + request.SiteId).ToException();
        return Task.FromResult(new Wire.GetSiteResponse { Site = mask.Apply(SiteWire.ToWire(site)) });
    }

    public override async Task<Wire.ListSitesResponse> ListSites(Wire.ListSitesRequest request, ServerCallContext context)
    {
        var page = await ListQuery<Wire.Site>.Of(request).Page(
            (after, size, _) => Task.FromResult(sites.List(after, size)), site => site.Model.SiteId, SiteWire.ToWire, context.CancellationToken);
        var response = new Wire.ListSitesResponse { NextPageToken = page.NextToken };
        response.Sites.AddRange(page.Items);
        return response;
    }

    public override async Task<Wire.SetHostMaintenanceResponse> SetHostMaintenance(Wire.SetHostMaintenanceRequest request, ServerCallContext context)
    {
        new Faults().Require(request.HostId.Length > 0, "host_id", "is missing").ThrowIfAny("The request");
        var status = (await keys.Once(
            CallKeys.Of(context, request),
            again: known => Task.FromResult(sites.FindByHost(known.Subject) is { } site ? (Mesh.Failures.Outcome<SiteStatus>)site : HostGone(known.Subject)),
            first: use => sites.SetMaintenance(request.HostId, request.Maintenance, batch => use.Remember(batch, request.HostId), context.CancellationToken),
            context.CancellationToken)).Value;
        return new() { Host = SiteWire.ToWire(status.Model.Hosts.Single(h => h.HostId == request.HostId), status) };
    }

    public override async Task<Wire.ListDebtsResponse> ListDebts(Wire.ListDebtsRequest request, ServerCallContext context)
    {
        var page = await ListQuery<Wire.Debt>.Of(request).Page(
            (after, size, cancel) => debts.List(after, size, request.SiteId, cancel), Debts.TokenOf, ReconciliationWire.ToWire, context.CancellationToken);
        var response = new Wire.ListDebtsResponse { NextPageToken = page.NextToken };
        response.Debts.AddRange(page.Items);
        return response;
    }

    public override async Task<Wire.ListFindingsResponse> ListFindings(Wire.ListFindingsRequest request, ServerCallContext context)
    {
        var page = await ListQuery<Wire.Finding>.Of(request).Page(
            (after, size, cancel) => findings.List(after, size, request.SiteId, request.OpenOnly, cancel), Findings.TokenOf, ReconciliationWire.ToWire, context.CancellationToken);
        var response = new Wire.ListFindingsResponse { NextPageToken = page.NextToken };
        response.Findings.AddRange(page.Items);
        return response;
    }

    private long IntervalMs => (long)sites.HeartbeatInterval.TotalMilliseconds;

    private static Mesh.Failures.Failure HostGone(string hostId) =>
        Mesh.Failures.Failure.NotFound("HOST_NOT_FOUND", $"There is no host {hostId} any more.", "host/" + hostId);
}
