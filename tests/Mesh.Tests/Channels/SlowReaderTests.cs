using Grpc.Core;
using Mano.Mesh.Channels;
using Mano.Mesh.Hosting;
using Mano.Site.V1;
using Mano.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mano.Mesh.Tests.Channels;

/// <summary>A watcher may read as slowly as it likes: it is not cut, and what waits for it is bounded.</summary>
[Trait("Speed", "Slow")]
public sealed class SlowReaderTests
{
    private const int Messages = 4000;
    private const int Bytes = 16 * 1024;

    /// <summary>Longer than the 5 s after which Kestrel cuts who reads too slowly, unless told not to.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task A_watcher_that_stops_reading_holds_up_the_writer_and_reads_on_where_it_was()
    {
        var service = new TellsMuch();
        var builder = MeshHost.CreateBuilder("test", new ListenOptions(), LogLevel.Critical);
        builder.Services.AddSingleton(service);
        await using var app = builder.Build();
        app.MapMesh();
        app.MapGrpcService<TellsMuch>();
        await app.StartAsync();

        using var channels = new GrpcChannels();
        var client = new SiteService.SiteServiceClient(channels.For(BoundAddresses.Of(app).Grpc));
        using var watch = client.WatchAppInstances(new());
        Assert.True(await watch.ResponseStream.MoveNext(default).Soon());
        await HeldUp(service);
        Assert.InRange(service.Written, 1, Messages / 2);

        // Another call over the same connection is not held up.
        await client.GetSiteAsync(new()).ResponseAsync.Soon();
        var read = 1;
        while (await watch.ResponseStream.MoveNext(default).Soon())
        {
            read++;
        }

        Assert.Equal(Messages, read);
    }

    /// <summary>Nothing was written for all of the pause.</summary>
    private static async Task HeldUp(TellsMuch service)
    {
        var (seen, since) = (-1, TimeProvider.System.GetTimestamp());
        await Eventually.Is(() =>
        {
            if (service.Written != seen)
            {
                (seen, since) = (service.Written, TimeProvider.System.GetTimestamp());
            }

            return TimeProvider.System.GetElapsedTime(since) > Pause;
        });
    }

    private sealed class TellsMuch : SiteService.SiteServiceBase
    {
        private int written;

        public int Written => Volatile.Read(ref written);

        public override async Task WatchAppInstances(
            WatchAppInstancesRequest request, IServerStreamWriter<WatchAppInstancesResponse> responseStream, ServerCallContext context)
        {
            var message = new WatchAppInstancesResponse { Changed = new() { AppInstanceId = new string('x', Bytes) } };
            for (var i = 0; i < Messages; i++)
            {
                await responseStream.WriteAsync(message, context.CancellationToken);
                Interlocked.Increment(ref written);
            }
        }

        public override Task<GetSiteResponse> GetSite(GetSiteRequest request, ServerCallContext context) => Task.FromResult(new GetSiteResponse());
    }
}
