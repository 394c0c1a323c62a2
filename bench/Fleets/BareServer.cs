using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Grpc.Core;
using Mano.Inventory.V1;
using Mano.Mesh.Channels;
using Mano.Mesh.Hosting;
using Mano.Site.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Bench.Fleets;

/// <summary>
/// The least that sites can be connected to, in a process of its own: it opens the watch of every site that registers, answers every heartbeat, and
/// keeps, stores, compares and decides nothing. With no site it is a bare gRPC server.
/// </summary>
internal static class BareServer
{
    public static async Task RunAsync()
    {
        var builder = MeshHost.CreateBuilder("bare", new ListenOptions(), LogLevel.Critical);
        builder.Services.AddSingleton<Registry>();
        await using var app = builder.Build();
        app.MapGrpcService<Registry>();
        await app.StartAsync();
        var bound = BoundAddresses.Of(app);
        await Console.Out.WriteLineAsync($$"""{"ready":"bare","grpc":"{{bound.Grpc}}","http":"{{bound.Http}}"}""");
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => app.Lifetime.StopApplication());
        await app.WaitForShutdownAsync();
    }

    private sealed class Registry(GrpcChannels channels) : InventoryService.InventoryServiceBase
    {
        private readonly ConcurrentDictionary<string, Task> watches = new(StringComparer.Ordinal);

        public override Task<RegisterSiteResponse> RegisterSite(RegisterSiteRequest request, ServerCallContext context)
        {
            _ = watches.GetOrAdd(request.Site.SiteId, _ => WatchAsync(request.Site.MepmAddress));
            return Task.FromResult(new RegisterSiteResponse { HeartbeatIntervalMs = 2_000 });
        }

        public override Task<HeartbeatResponse> Heartbeat(HeartbeatRequest request, ServerCallContext context) => Task.FromResult(new HeartbeatResponse { HeartbeatIntervalMs = 2_000 });

        public override Task<DeregisterSiteResponse> DeregisterSite(DeregisterSiteRequest request, ServerCallContext context) => Task.FromResult(new DeregisterSiteResponse());

        private async Task WatchAsync(string address)
        {
            try
            {
                using var call = new SiteService.SiteServiceClient(channels.For(address)).WatchAppInstances(new());
                await foreach (var _ in call.ResponseStream.ReadAllAsync())
                {
                }
            }
            catch (RpcException)
            {
                // The site ended.
            }
        }
    }
}
