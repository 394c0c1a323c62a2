using Grpc.Core;
using Mano.Meo.Inventory;
using Mano.Meo.Lifecycle;
using Mano.Meo.Northbound;
using Mano.Meo.Northbound.Queries;
using Mano.Mesh.Failures;
using Wire = Mano.Granting.V1;

namespace Mano.Meo.Granting;

/// <summary>mano.granting.v1.GrantingService: grants for MEPMs that heal, and all grants shown.</summary>
internal sealed class GrantingGrpcService(Grants grants, AppInstances instances, Fleet fleet, TimeProvider clock)
    : Wire.GrantingService.GrantingServiceBase
{
    private const int MaxChecked = 1000;

    public override async Task<Wire.RequestGrantResponse> RequestGrant(Wire.RequestGrantRequest request, ServerCallContext context)
    {
        new Faults()
            .Require(IsId(request.GrantId), "grant_id", "must have 1 to 200 printable characters without spaces")
            .Require(IsId(request.AppInstanceId), "app_instance_id", "is missing")
            .Require(request.Cause == Wire.RequestGrantRequest.Types.Cause.Heal, "cause", "must be CAUSE_HEAL")
            .ThrowIfAny("The request", "grant/" + request.GrantId);
        var cancel = context.CancellationToken;
        var instance = (await instances.Get(request.AppInstanceId, cancel)).Value.Value;
        var hold = fleet.HoldOf(request.AppInstanceId);
        if (instance.Location is not { } at || at.SiteId != request.SiteId || at.HostId != request.HostId || hold?.HostId != request.HostId)
        {
            throw Failure.Forbidden(
                "NOT_MEANT_HERE", $"The instance {request.AppInstanceId} is not meant to run on {request.HostId} of site {request.SiteId}; remove it.",
                "app-instance/" + request.AppInstanceId).ToException();
        }

        // The capacity is the instance's own hold: what was lost is what is made again.
        var known = await grants.Find(request.GrantId, cancel);
        if (known is not null && known.Value.AppInstanceId != request.AppInstanceId)
        {
            throw Failure.AlreadyExists("GRANT_EXISTS", $"Grant {request.GrantId} is another instance's.", "grant/" + request.GrantId).ToException();
        }

        var grant = known?.Value ?? (await grants.Add(
            new()
            {
                GrantId = request.GrantId,
                AppInstanceId = request.AppInstanceId,
                OperationId = "",
                SiteId = at.SiteId,
                HostId = at.HostId,
                Zone = at.Zone,
                Amount = hold.Amount,
                GrantTime = clock.GetUtcNow(),
            },
            cancel)).Value;
        return new() { Grant = GrantWire.ToWire(grant) };
    }

    public override async Task<Wire.CheckInstancesResponse> CheckInstances(Wire.CheckInstancesRequest request, ServerCallContext context)
    {
        var ids = request.AppInstanceIds;
        new Faults()
            .Require(request.SiteId.Length > 0, "site_id", "is missing")
            .Require(ids.Count is >= 1 and <= MaxChecked, "app_instance_ids", $"has {ids.Count} entries; 1 to {MaxChecked} are allowed")
            .Require(ids.All(IsId), "app_instance_ids", "must have 1 to 200 printable characters without spaces each")
            .ThrowIfAny("The request", "site/" + request.SiteId);
        var response = new Wire.CheckInstancesResponse();
        foreach (var id in ids)
        {
            var found = await instances.Find(id, context.CancellationToken);
            response.Verdicts.Add(new Wire.InstanceVerdict
            {
                AppInstanceId = id, MeantHere = found?.Value.Location?.SiteId == request.SiteId, Generation = found?.Value.Generation ?? 0,
            });
        }

        return response;
    }

    public override async Task<Wire.GetGrantResponse> GetGrant(Wire.GetGrantRequest request, ServerCallContext context)
    {
        var mask = ReadMask.Of(request.ReadMask, Wire.Grant.Descriptor);
        var found = IsId(request.GrantId) ? await grants.Find(request.GrantId, context.CancellationToken) : null;
        return found is not null
            ? new() { Grant = mask.Apply(GrantWire.ToWire(found.Value)) }
            : throw Failure.NotFound("GRANT_NOT_FOUND", $"There is no grant '{request.GrantId}'.", "grant/" + request.GrantId).ToException();
    }

    public override async Task<Wire.ListGrantsResponse> ListGrants(Wire.ListGrantsRequest request, ServerCallContext context)
    {
        var query = ListQuery<Wire.Grant>.Of(request);
        if (request.AppInstanceId.Length > 0 && !IsId(request.AppInstanceId))
        {
            return new();
        }

        var page = await query.Page(
            (after, size, cancel) => grants.List(after, size, request.AppInstanceId, cancel), grant => grant.GrantId, GrantWire.ToWire, context.CancellationToken);
        var response = new Wire.ListGrantsResponse { NextPageToken = page.NextToken };
        response.Grants.AddRange(page.Items);
        return response;
    }

    private static bool IsId(string id) => id.Length is > 0 and <= 200 && !id.AsSpan().ContainsAnyExceptInRange('!', '~');
}
