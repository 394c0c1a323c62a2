using System.Net;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Mano.Probe;

/// <summary>A gRPC server with the probe on it, on a port of its own.</summary>
public static class ProbeHost
{
    /// <summary>Starts a server on a free port of 127.0.0.1, plain HTTP/2.</summary>
    public static async Task<WebApplication> StartAsync(
        Action<GrpcServiceOptions>? options = null, Action<IServiceCollection>? services = null, Action<WebApplication>? map = null,
        Action<KestrelServerOptions>? kestrel = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddSimpleConsole();
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.WebHost.ConfigureKestrelOf(kestrel);
        builder.Services.AddSingleton<ProbeRecord>();
        builder.Services.AddGrpc(options ?? (_ => { }));
        builder.Services.AddGrpcReflection();
        builder.Services.AddGrpcHealthChecks();
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapGrpcService<ProbeGrpcService>();
        app.MapGrpcReflectionService();
        app.MapGrpcHealthChecksService();
        map?.Invoke(app);
        await app.StartAsync();
        return app;
    }

    /// <summary><c>http://127.0.0.1:port</c>.</summary>
    public static string Address(this WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>What the probe has seen.</summary>
    public static ProbeRecord Record(this WebApplication app) => app.Services.GetRequiredService<ProbeRecord>();

    private static void ConfigureKestrelOf(this ConfigureWebHostBuilder web, Action<KestrelServerOptions>? more) =>
        web.ConfigureKestrel(server =>
        {
            server.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            server.AddServerHeader = false;
            more?.Invoke(server);
        });
}
