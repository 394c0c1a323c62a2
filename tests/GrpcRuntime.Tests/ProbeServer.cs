using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Mano.Probe;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Probe.V1;

namespace Mano.GrpcRuntime.Tests;

/// <summary>A probe server and a client of it, over a real socket.</summary>
internal sealed class ProbeServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ProbeServer(WebApplication app, GrpcChannelOptions options)
    {
        _app = app;
        Channel = GrpcChannel.ForAddress(app.Address(), options);
        Client = new ProbeService.ProbeServiceClient(Channel);
    }

    public GrpcChannel Channel { get; }

    public ProbeService.ProbeServiceClient Client { get; }

    public string Address => _app.Address();

    public ProbeRecord Record => _app.Record();

    public IServiceProvider Services => _app.Services;

    public static async Task<ProbeServer> StartAsync(
        Action<GrpcServiceOptions>? options = null, GrpcChannelOptions? channel = null, Action<IServiceCollection>? services = null,
        Action<KestrelServerOptions>? kestrel = null, Action<WebApplication>? map = null) =>
        new(await ProbeHost.StartAsync(options, services, map, kestrel), channel ?? new GrpcChannelOptions());

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _app.DisposeAsync();
    }

    public Task StopAsync() => _app.StopAsync();
}
