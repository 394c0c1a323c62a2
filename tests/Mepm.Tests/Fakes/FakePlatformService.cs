using Grpc.Core;
using Mano.Common.V1;
using Mano.Mepm.Instances.Planning;
using Mano.Mepm.Platforms;
using Mano.Mepm.Wire;
using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;
using Mano.Platform.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Failure = Mano.Mesh.Failures.Failure;

namespace Mano.Mepm.Tests.Fakes;

/// <summary>A <see cref="FakePlatform"/> behind real gRPC on a loopback port.</summary>
internal sealed class FakePlatformService(FakePlatform platform) : PlatformService.PlatformServiceBase
{
    public static async Task<WebApplication> Serve(FakePlatform platform)
    {
        var builder = MeshHost.CreateBuilder("fake-platform", new(), LogLevel.Error);
        builder.Services.AddSingleton(new FakePlatformService(platform));
        var app = builder.Build();
        app.MapGrpcService<FakePlatformService>();
        await app.StartAsync();
        return app;
    }

    public override async Task<GetPlatformResponse> GetPlatform(GetPlatformRequest request, ServerCallContext context)
    {
        var facts = await platform.GetFacts(context.CancellationToken);
        return new()
        {
            PlatformId = facts.PlatformId, Mp1Url = facts.Mp1Url, DnsAddress = facts.DnsAddress, GatewayAddress = facts.GatewayAddress,
            Features = { new FeatureDependency { FeatureName = "DNS", Version = "1" } },
        };
    }

    public override async Task<GetApplicationResponse> GetApplication(GetApplicationRequest request, ServerCallContext context) =>
        new() { Application = Wire(await platform.Get(request.AppInstanceId, context.CancellationToken)
            ?? throw Failure.NotFound("APPLICATION_UNKNOWN", "there is none").ToException()) };

    public override async Task<ListApplicationsResponse> ListApplications(ListApplicationsRequest request, ServerCallContext context)
    {
        var answer = new ListApplicationsResponse();
        answer.Applications.AddRange((await platform.List(context.CancellationToken)).Select(Wire));
        return answer;
    }

    public override async Task<EnsureApplicationResponse> EnsureApplication(EnsureApplicationRequest request, ServerCallContext context) => new()
    {
        Application = Wire(await platform.EnsureApplication(
            request.AppInstanceId, request.Generation, new(request.Configuration.ToDocument(), Probes: true), context.CancellationToken)),
    };

    public override async Task<SetRunningResponse> SetRunning(SetRunningRequest request, ServerCallContext context)
    {
        var at = request.Endpoint.ToDomain() is { } endpoint ? new RunningAt(endpoint, request.Incarnation) : null;
        return new() { Application = Wire(await platform.SetRunning(request.AppInstanceId, request.Generation, at, context.CancellationToken)) };
    }

    public override async Task<DrainApplicationResponse> DrainApplication(DrainApplicationRequest request, ServerCallContext context)
    {
        var cause = request.OperationAction == OperationAction.Stopping ? DrainCause.Stopping : DrainCause.Terminating;
        var grace = request.GracefulTimeout?.ToTimeSpan() ?? TimeSpan.Zero;
        return new() { Application = Wire(await platform.Drain(request.AppInstanceId, request.Generation, cause, grace, context.CancellationToken)) };
    }

    public override async Task<RemoveApplicationIfAnyResponse> RemoveApplicationIfAny(RemoveApplicationIfAnyRequest request, ServerCallContext context)
    {
        await platform.RemoveIfAny(request.AppInstanceId, request.Generation, context.CancellationToken);
        return new();
    }

    public override async Task WatchApplications(
        WatchApplicationsRequest request, IServerStreamWriter<WatchApplicationsResponse> responseStream, ServerCallContext context)
    {
        await foreach (var (id, _, _) in platform.Watch(context.CancellationToken))
        {
            WatchApplicationsResponse told = id.Length == 0 ? new() { Synced = new() }
                : platform.Held(id) is { } held ? new() { Changed = Wire(held) }
                : new() { RemovedAppInstanceId = id };
            await responseStream.WriteAsync(told, context.CancellationToken);
        }
    }

    private static Application Wire(PlatformApplication app)
    {
        var wire = new Application
        {
            AppInstanceId = app.AppInstanceId, Generation = app.Generation, Message = app.Message, Endpoint = app.Endpoint?.ToWire(),
            Phase = Enum.Parse<Application.Types.Phase>(app.Phase.ToString()), Failure = app.Failure?.ToWire(),
        };
        wire.TrafficRules.AddRange(app.Rules.Traffic.Select(r => r.ToMessage<TrafficRuleStatus>()));
        return wire;
    }
}
