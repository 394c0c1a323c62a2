using System.Collections.Concurrent;
using Grpc.Core;
using Mano.Lifecycle.V1;
using Mano.Mesh.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mano.Cli.Tests;

/// <summary>Accepts whatever is to be instantiated and keeps the requests as they came over the wire.</summary>
public sealed class ListeningMeo : IAsyncLifetime
{
    /// <summary>The one instance that there is.</summary>
    public const string InstanceName = "web";

    private readonly WebApplication app;
    private readonly ConcurrentQueue<InstantiateAppInstanceRequest> asked = new();

    public ListeningMeo()
    {
        var builder = MeshHost.CreateBuilder("listening-meo", new ListenOptions(), LogLevel.Error);
        builder.Services.AddSingleton(new LifecycleSide(asked));
        app = builder.Build();
        app.MapGrpcService<LifecycleSide>();
    }

    /// <summary>What came since this was last asked.</summary>
    public IReadOnlyList<InstantiateAppInstanceRequest> Taken()
    {
        var taken = new List<InstantiateAppInstanceRequest>();
        while (asked.TryDequeue(out var request))
        {
            taken.Add(request);
        }

        return taken;
    }

    public string Address => BoundAddresses.Of(app).Grpc;

    public Task InitializeAsync() => app.StartAsync();

    public async Task DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private sealed class LifecycleSide(ConcurrentQueue<InstantiateAppInstanceRequest> asked) : LifecycleService.LifecycleServiceBase
    {
        private const string Id = "0192f5a0-0000-7000-8000-000000000001";

        public override Task<ListAppInstancesResponse> ListAppInstances(ListAppInstancesRequest request, ServerCallContext context) =>
            Task.FromResult(new ListAppInstancesResponse { AppInstances = { new AppInstance { AppInstanceId = Id, AppInstanceName = InstanceName } } });

        public override Task<InstantiateAppInstanceResponse> InstantiateAppInstance(InstantiateAppInstanceRequest request, ServerCallContext context)
        {
            asked.Enqueue(request);
            return Task.FromResult(new InstantiateAppInstanceResponse { Operation = new() { OperationId = Id, AppInstanceId = request.AppInstanceId } });
        }
    }
}
