using Grpc.Core;
using Mano.MecPlatform.AppSupport;
using Mano.MecPlatform.ServiceRegistry;
using Mano.Mesh.Failures;
using Mano.Platform.V1;
using OperationAction = Mano.MecPlatform.AppSupport.OperationAction;

namespace Mano.MecPlatform.Mm5;

/// <summary>Mm5: what the MEPM tells the platform. Generated types end here.</summary>
internal sealed class PlatformGrpcService(
    Applications applications, Services services, PlatformAddresses addresses, PlatformOptions options, StreamEnding ending) : PlatformService.PlatformServiceBase
{
    private const int MaxDigest = 128;

    private static readonly string[] Features = ["UserApps", "DNS", "TrafficRules"];

    public override async Task<EnsureApplicationResponse> EnsureApplication(EnsureApplicationRequest request, ServerCallContext context)
    {
        InstanceIds.Require(request.AppInstanceId);
        RequireGeneration(request.Generation, request.AppInstanceId);
        if (request.ConfigurationDigest.Length > MaxDigest)
        {
            throw Failure.InvalidInput("BAD_DIGEST", $"configuration_digest has {request.ConfigurationDigest.Length} characters; up to {MaxDigest} are allowed.", request.AppInstanceId).ToException();
        }

        var configuration = ConfigurationWire.Read(request.Configuration, request.AppInstanceId) with
        {
            Digest = request.ConfigurationDigest.Length > 0 ? request.ConfigurationDigest : PlatformConfiguration.NoDigest,
        };
        var view = await applications.Ensure(request.AppInstanceId, request.Generation, configuration, context.CancellationToken);
        return new() { Application = ApplicationWire.Write(view) };
    }

    public override async Task<SetRunningResponse> SetRunning(SetRunningRequest request, ServerCallContext context)
    {
        InstanceIds.Require(request.AppInstanceId);
        RequireGeneration(request.Generation, request.AppInstanceId);
        var view = await applications.SetRunning(
            request.AppInstanceId, request.Generation, ApplicationWire.Read(request.Endpoint), request.Incarnation, context.CancellationToken);
        return new() { Application = ApplicationWire.Write(view) };
    }

    public override async Task<DrainApplicationResponse> DrainApplication(DrainApplicationRequest request, ServerCallContext context)
    {
        InstanceIds.Require(request.AppInstanceId);
        RequireGeneration(request.Generation, request.AppInstanceId);
        var action = (OperationAction)request.OperationAction;
        if (!Enum.IsDefined(action))
        {
            throw Failure.InvalidInput("BAD_ACTION", "operation_action says nothing known; STOPPING or TERMINATING is needed.", request.AppInstanceId).ToException();
        }

        var timeout = request.GracefulTimeout?.ToTimeSpan() ?? TimeSpan.Zero;
        if (timeout < TimeSpan.Zero || timeout > TimeSpan.FromDays(1))
        {
            throw Failure.InvalidInput("BAD_TIMEOUT", $"graceful_timeout is {timeout}; 0 (forceful) to 24 hours are allowed.", request.AppInstanceId).ToException();
        }

        var view = await applications.Drain(request.AppInstanceId, request.Generation, action, timeout, context.CancellationToken);
        return new() { Application = ApplicationWire.Write(view) };
    }

    public override async Task<RemoveApplicationIfAnyResponse> RemoveApplicationIfAny(RemoveApplicationIfAnyRequest request, ServerCallContext context)
    {
        InstanceIds.Require(request.AppInstanceId);
        RequireGeneration(request.Generation, request.AppInstanceId);
        await applications.RemoveIfAny(request.AppInstanceId, request.Generation, context.CancellationToken);
        return new();
    }

    public override Task<GetApplicationResponse> GetApplication(GetApplicationRequest request, ServerCallContext context) =>
        Task.FromResult(new GetApplicationResponse { Application = ApplicationWire.Write(InstanceIds.Find(applications, request.AppInstanceId)) });

    public override Task<ListApplicationsResponse> ListApplications(ListApplicationsRequest request, ServerCallContext context)
    {
        var response = new ListApplicationsResponse();
        response.Applications.AddRange(applications.Ids.Select(applications.Find).OfType<ApplicationView>().Select(ApplicationWire.Write));
        return Task.FromResult(response);
    }

    public override Task WatchApplications(
        WatchApplicationsRequest request, IServerStreamWriter<WatchApplicationsResponse> responseStream, ServerCallContext context) =>
        ending.Run(context, async cancel =>
        {
            await foreach (var change in applications.Watch(cancel))
            {
                await responseStream.WriteAsync(Write(change), cancel);
            }
        });

    public override Task<GetPlatformResponse> GetPlatform(GetPlatformRequest request, ServerCallContext context)
    {
        var response = new GetPlatformResponse
        {
            PlatformId = options.PlatformId,
            Mp1Url = addresses.Mp1Url,
            DnsAddress = addresses.Dns,
            GatewayAddress = addresses.Gateway,
            DataPlane = "userspace",
        };
        response.Services.AddRange(services.All.Select(ConfigurationWire.Write));
        response.Features.AddRange(Features.Select(f => new Mano.Common.V1.FeatureDependency { FeatureName = f, Version = "1" }));
        return Task.FromResult(response);
    }

    private static WatchApplicationsResponse Write(ApplicationEvent change) => change switch
    {
        { AppInstanceId: null } => new() { Synced = new() },
        { Changed: { } view } => new() { Changed = ApplicationWire.Write(view) },
        _ => new() { RemovedAppInstanceId = change.AppInstanceId },
    };

    private static void RequireGeneration(long generation, string appInstanceId)
    {
        if (generation < 1)
        {
            throw Failure.InvalidInput("BAD_GENERATION", $"generation is {generation}; the generation of the intent, 1 or more, is needed.", appInstanceId).ToException();
        }
    }
}
