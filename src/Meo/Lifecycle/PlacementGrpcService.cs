using System.Collections.Immutable;
using Grpc.Core;
using Mano.Meo.Northbound;
using Mano.Meo.Placement;
using Wire = Mano.Lifecycle.V1;

namespace Mano.Meo.Lifecycle;

/// <summary>mano.lifecycle.v1.PlacementService: where an application would go, and why.</summary>
internal sealed class PlacementGrpcService(LifecycleCalls calls, IPackageCatalogue packages, HostChoice hosts, RoomMaking room)
    : Wire.PlacementService.PlacementServiceBase
{
    private const int LargestGroup = 100;
    private const string NotAsked = "not asked: another of the group, as large as this one or larger, has no host";

    public override async Task<Wire.ExplainPlacementResponse> ExplainPlacement(Wire.ExplainPlacementRequest request, ServerCallContext context)
    {
        var faults = new Faults();
        Check(faults, request, "");
        LifecycleRules.Options(faults, request.TerminationOptions);
        WhatIf.Check(faults, request.WhatIf);
        faults.ThrowIfAny("The request");

        var needs = await Needs(request, "", context.CancellationToken);
        FleetSnapshot Imagined(FleetSnapshot fleet) => WhatIf.In(fleet, request.WhatIf);
        var decision = hosts.Explain(needs, Imagined);
        if (decision.HostId is not null || request.TerminationOptions.Count == 0
            || await room.Find(needs, [.. request.TerminationOptions.Select(o => o.AppInstanceIds.ToImmutableArray())], Imagined, context.CancellationToken) is not { } made)
        {
            return new() { Decision = PlacementWire.ToWire(decision) };
        }

        var response = new Wire.ExplainPlacementResponse { Decision = PlacementWire.ToWire(made.Decision) };
        response.TerminatedAppInstanceIds.AddRange(made.Leaving.Select(h => h.AppInstanceId));
        return response;
    }

    public override async Task<Wire.ExplainGroupPlacementResponse> ExplainGroupPlacement(Wire.ExplainGroupPlacementRequest request, ServerCallContext context)
    {
        var faults = new Faults().Require(request.Members.Count is > 0 and <= LargestGroup, "members", $"must be 1 to {LargestGroup}");
        for (var i = 0; i < request.Members.Count; i++)
        {
            Check(faults, request.Members[i], $"members[{i}].");
            faults.Require(request.Members[i].TerminationOptions.Count == 0, $"members[{i}].termination_options", "go with one instance alone, not with several together");
            faults.Require(request.Members[i].WhatIf is null, $"members[{i}].what_if", "goes with the group, not with a member");
        }

        WhatIf.Check(faults, request.WhatIf);
        faults.ThrowIfAny("The request");

        var needs = new List<PlacementRequest>(request.Members.Count);
        foreach (var member in request.Members)
        {
            needs.Add(await Needs(member, $"#{needs.Count}", context.CancellationToken));
        }

        var decisions = hosts.Explain(needs, fleet => WhatIf.In(fleet, request.WhatIf));
        var response = new Wire.ExplainGroupPlacementResponse { Placed = decisions.All(d => d?.HostId is not null) };
        response.Decisions.AddRange(decisions.Select(d => d is null ? new() { Summary = NotAsked } : PlacementWire.ToWire(d)));
        return response;
    }

    private static void Check(Faults faults, Wire.ExplainPlacementRequest request, string path)
    {
        faults.Require(
            request.AppPackageId.Length > 0 ^ request.AppInstanceId.Length > 0, path + "app_package_id", "give exactly one of app_package_id and app_instance_id");
        PlacementWire.Check(faults, request.Constraints, path);
    }

    private async Task<PlacementRequest> Needs(Wire.ExplainPlacementRequest request, string suffix, CancellationToken cancel)
    {
        var appPkgId = request.AppPackageId.Length > 0 ? request.AppPackageId : (await calls.Get(request.AppInstanceId, cancel)).Value.AppPkgId;
        var package = (await packages.GetOnboarded(Tenants.Default, appPkgId, cancel)).Value;
        var seed = request.AppInstanceId.Length > 0 ? request.AppInstanceId : appPkgId;
        return PlacementNeeds.Of(package, PlacementWire.ToModel(request.Constraints), seed + suffix, request.AppInstanceId);
    }
}
