using Mano.Mesh.Hosting;
using Mano.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Mesh.Tests.Hosting;

public sealed class MeshHostStopTests
{
    [Fact]
    public async Task A_stop_is_clean_though_those_who_should_be_told_of_it_are_away()
    {
        var builder = MeshHost.CreateBuilder("test", new ListenOptions(), LogLevel.Critical);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromMilliseconds(50));
        builder.Services.AddSingleton<IHostedService, TellsTheStore>();
        builder.Services.AddSingleton<IHostedService, TellsTheCatalogue>();
        var app = builder.Build();
        var run = MeshHost.RunAsync(app, "test");
        app.Lifetime.ApplicationStarted.Register(app.Lifetime.StopApplication);
        Assert.Equal(0, await run.Soon());
    }

    private class TellsTheStore : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        /// <summary>It is away for longer than a stop may take.</summary>
        public Task StopAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    private sealed class TellsTheCatalogue : TellsTheStore;
}
