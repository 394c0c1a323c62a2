using System.Net;
using Grpc.Health.V1;
using Mano.Mesh.Channels;
using Mano.Mesh.Hosting;
using Mano.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Mano.Mesh.Tests.Channels;

public sealed class GrpcChannelsTests
{
    [Fact]
    public async Task A_channel_asks_no_proxy_for_the_way_to_a_peer()
    {
        await using var app = await Serve();
        var address = BoundAddresses.Of(app).Grpc;
        var before = HttpClient.DefaultProxy;
        using var channels = new GrpcChannels();
        try
        {
            HttpClient.DefaultProxy = new ProxyForOne(new Uri(address));
            var answer = await new Health.HealthClient(channels.For(address)).CheckAsync(new()).ResponseAsync.Soon();
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }
    }

    [Fact]
    public async Task No_rate_is_asked_of_readers_and_what_waits_for_them_is_bounded()
    {
        await using var app = await Serve();
        var limits = app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;
        Assert.Null(limits.MinResponseDataRate);
        Assert.InRange(limits.MaxResponseBufferSize!.Value, 1, 1 << 20);
    }

    private static async Task<WebApplication> Serve()
    {
        var app = MeshHost.CreateBuilder("test", new Mano.Mesh.Hosting.ListenOptions(), LogLevel.Critical).Build();
        app.MapMesh();
        await app.StartAsync();
        return app;
    }

    /// <summary>A proxy that is not there, for one address and for nobody else.</summary>
    private sealed class ProxyForOne(Uri only) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : new Uri("http://127.0.0.1:1");

        public bool IsBypassed(Uri host) => host.Authority != only.Authority;
    }
}
