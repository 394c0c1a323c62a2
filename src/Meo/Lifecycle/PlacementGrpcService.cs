using Grpc.Core;
using Mano.Meo.Northbound;
using Wire = Mano.Lifecycle.V1;

namespace Mano.Meo.Lifecycle;

/// <summary>mano.lifecycle.v1.PlacementService: where an application would go, and why.</summary>
internal sealed class PlacementGrpcService(LifecycleCalls calls, IPackageCatalogue packages, HostChoice hosts)
    : Wire.PlacementService.PlacementServiceBase
{
    public override async Task<Wire.ExplainPlacementResponse> ExplainPlacement(Wire.ExplainPlacementRequest request, ServerCallContext context)
    {
        var faults = new Faults().Require(
            request.AppPackageId.Length > 0 ^ request.AppInstanceId.Length > 0, "app_package_id", "give exactly one of app_package_id and app_instance_id");
        PlacementWire.Check(faults, request.Constraints);
        faults.ThrowIfAny("The request");

        var appPkgId = request.AppPackageId.Length > 0
            ? request.AppPackageId
            : (await calls.Get(request.AppInstanceId, context.CancellationToken)).Value.AppPkgId;
        var package = (await packages.GetOnboarded(Tenants.Default, appPkgId, context.CancellationToken)).Value;
        var seed = request.AppInstanceId.Length > 0 ? request.AppInstanceId : appPkgId;
        var needs = PlacementNeeds.Of(package, PlacementWire.ToModel(request.Constraints), seed, request.AppInstanceId);
        return new() { Decision = PlacementWire.ToWire(hosts.Explain(needs)) };
    }
}
