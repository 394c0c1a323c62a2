using Grpc.Core;
using Mano.Mesh.Channels;
using Mano.Mesh.Hosting;
using Mano.Mesh.State;
using Mano.Mesh.State.Embedded;
using Mano.Site.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Mano.Bench.Rows;

/// <summary>Bare hops and bare commits: an empty gRPC method, and three stores of the kind that the parts have.</summary>
internal sealed class BareMachine : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mano-bench-").FullName;
    private readonly GrpcChannels channels = new();
    private readonly List<IStateStore> stores = [];
    private readonly byte[] value = System.Text.Encoding.UTF8.GetBytes($"{{\"value\":\"{new string('x', 1000)}\"}}");
    private WebApplication app = null!;
    private SiteService.SiteServiceClient client = null!;
    private long next;

    public static async Task<BareMachine> StartAsync()
    {
        var machine = new BareMachine();
        machine.app = MeshHost.CreateBuilder("bench", new ListenOptions(), LogLevel.Critical).Build();
        machine.app.MapGrpcService<Empty>();
        await machine.app.StartAsync();
        machine.client = new(machine.channels.For(BoundAddresses.Of(machine.app).Grpc));
        for (var i = 0; i < 3; i++)
        {
            machine.stores.Add(EmbeddedStateStore.Open(new() { Path = Path.Combine(machine.folder, $"{i}.db") }, TimeProvider.System));
        }

        return machine;
    }

    /// <summary>The hops and commits of one operation, one after the other.</summary>
    public async Task OneAsync(Counts plan)
    {
        for (var hop = 0; hop < plan.Hops; hop++)
        {
            await client.GetSiteAsync(new());
        }

        for (var store = 0; store < stores.Count; store++)
        {
            for (var commit = 0; commit < plan.Commits[store]; commit++)
            {
                await stores[store].Commit(new Batch().Put($"bench/default/{Interlocked.Increment(ref next)}", value));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        channels.Dispose();
        await app.DisposeAsync();
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    private sealed class Empty : SiteService.SiteServiceBase
    {
        private static readonly GetSiteResponse Answer = new();

        public override Task<GetSiteResponse> GetSite(GetSiteRequest request, ServerCallContext context) => Task.FromResult(Answer);
    }
}
