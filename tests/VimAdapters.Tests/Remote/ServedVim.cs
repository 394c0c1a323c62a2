using Mano.Mesh.Channels;
using Mano.Mesh.Hosting;
using Mano.Mesh.Security;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Remote;
using Mano.VimAdapters.Simulated;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.Tests.Remote;

/// <summary>A simulated VIM behind the VIM contract's gRPC service, on a port of its own.</summary>
internal sealed class ServedVim : IAsyncDisposable
{
    private readonly WebApplication app;

    private ServedVim(WebApplication app) => this.app = app;

    public Uri Address => new(BoundAddresses.Of(app).Grpc);

    /// <param name="certificates">It then asks every caller for one of the same authority; null: plain.</param>
    public static async Task<ServedVim> StartAsync(SimulatedVimOptions options, MeshCertificates? certificates = null)
    {
        var builder = MeshHost.CreateBuilder("vim", new ListenOptions { Certificates = certificates }, LogLevel.Critical);
        builder.Services.AddSingleton<IVimAdapter>(new SimulatedVim(options, TimeProvider.System));
        var app = builder.Build();
        app.MapGrpcService<VimAdapterGrpcService>();
        await app.StartAsync();
        return new(app);
    }

    /// <summary>As a MEPM calls it.</summary>
    public RemoteVimAdapter Caller(GrpcChannels channels, TimeSpan timeout, bool sharesFiles = false) =>
        new(new() { Address = Address.ToString(), SharesFiles = sharesFiles, CallTimeout = timeout }, channels, TimeProvider.System);

    public Task StopAsync() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
