using Grpc.Core;
using Mano.Site.V1;

namespace Mano.Meo.Tests.World;

/// <summary>A fake site over gRPC.</summary>
internal sealed class FakeSiteService(FakeSite site) : SiteService.SiteServiceBase
{
    public override Task<EnsureAppInstanceResponse> EnsureAppInstance(EnsureAppInstanceRequest request, ServerCallContext context) =>
        Task.FromResult(new EnsureAppInstanceResponse { AppInstance = site.Ensure(request.Desired) });

    public override Task<RemoveAppInstanceIfAnyResponse> RemoveAppInstanceIfAny(RemoveAppInstanceIfAnyRequest request, ServerCallContext context) =>
        Task.FromResult(new RemoveAppInstanceIfAnyResponse { Gone = site.Remove(request) });

    public override Task<GetAppInstanceResponse> GetAppInstance(GetAppInstanceRequest request, ServerCallContext context) =>
        site.Instances.FirstOrDefault(i => i.AppInstanceId == request.AppInstanceId) is { } found
            ? Task.FromResult(new GetAppInstanceResponse { AppInstance = found })
            : throw Mesh.Failures.Failure.NotFound("APP_INSTANCE_UNKNOWN", $"No instance {request.AppInstanceId} is here.", request.AppInstanceId).ToException();

    public override async Task WatchAppInstances(
        WatchAppInstancesRequest request, IServerStreamWriter<WatchAppInstancesResponse> responseStream, ServerCallContext context)
    {
        await foreach (var happened in site.Watch().ReadAllAsync(context.CancellationToken))
        {
            await responseStream.WriteAsync(happened);
        }
    }
}
