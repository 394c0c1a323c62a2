using System.Runtime.InteropServices;
using System.Text.Json;
using Mano.Mesh.Channels;
using Mano.Mesh.Failures;
using Mano.Mesh.Ids;
using Mano.Mesh.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Mesh.Hosting;

/// <summary>
/// What every process of the mesh has in common: two ports, gRPC with failures mapped to status codes, logs on standard
/// error, <c>/health</c> and <c>/metrics</c>. Each deployable's <c>Build(options)</c> starts from here.
/// </summary>
public static class MeshHost
{
    /// <summary>A message larger than this is refused with RESOURCE_EXHAUSTED: an AppD with ten thousand rules is under 4 MiB.</summary>
    public const int MaxMessageBytes = 4 * 1024 * 1024;

    public static WebApplicationBuilder CreateBuilder(string process, ListenOptions listen, LogLevel logLevel = LogLevel.Information)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = process });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Listen(kestrel, listen));
        builder.Services.AddRoutingCore();
        AddLogs(builder.Logging, logLevel);

        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = MaxMessageBytes;
            grpc.Interceptors.Add<FailureInterceptor>();
        });
        builder.Services.TryAddSingleton<FailureInterceptor>();
        builder.Services.AddGrpcHealthChecks();
        builder.Services.AddGrpcReflection();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<IIdSource, GuidIds>();
        builder.Services.AddSingleton<PrometheusText>();
        builder.Services.AddSingleton(new GrpcChannels(listen.Certificates));
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(5));
        return builder;
    }

    /// <summary>Maps <c>/health</c> (the process lives), <c>/ready</c> (its calls are answered) and <c>/metrics</c>, and over gRPC the standard health and reflection services; called once by each deployable's Build.</summary>
    public static WebApplication MapMesh(this WebApplication app)
    {
        // Resolved here so that it listens before the first instrument is used.
        var metrics = app.Services.GetRequiredService<PrometheusText>();
        app.Use(HoldSlowReadersOfHttp1);
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        var facts = app.Services.GetServices<IHealthFacts>().ToArray();
        app.MapGet("/health", () => Results.Text(OneLine([("status", "SERVING"), .. facts.SelectMany(f => f.Facts)]), "application/json"));
        app.MapGet("/ready", (HealthCheckService checks, CancellationToken cancel) => Readiness.Answer(checks, cancel));
        app.MapGet("/metrics", () => Results.Text(metrics.Render(), "text/plain; version=0.0.4; charset=utf-8"));
        return app;
    }

    /// <summary>
    /// Starts <paramref name="app"/>, prints one line of JSON on standard output that names its addresses
    /// (<c>{"ready":"meo","grpc":"http://…","http":"http://…"}</c> and whatever <paramref name="more"/> adds), and runs it
    /// until SIGINT or SIGTERM.
    /// </summary>
    /// <returns>The exit code: 0 after a clean stop, 1 when it could not start (said in one sentence on standard error).</returns>
    public static async Task<int> RunAsync(WebApplication app, string process, Func<IEnumerable<(string Name, string Value)>>? more = null)
    {
        // Asked for now: a signal may come when the application has been disposed.
        var lifetime = app.Lifetime;
        // An empty builder has no lifetime of its own that would hear signals, and several hosts in one process need none.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            await app.StartAsync();
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await End(app);
            return 0;
        }
        catch (Exception e) when (e is IOException or FailureException or System.Net.Sockets.SocketException)
        {
            await Console.Error.WriteLineAsync($"{process}: cannot start: {e.Message}");
            await End(app);
            return 1;
        }

        await Console.Out.WriteLineAsync(ReadyLine(process, BoundAddresses.Of(app), more?.Invoke() ?? []));
        await Stopped(app, process);
        await app.DisposeAsync();
        return 0;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            lifetime.StopApplication();
        }
    }

    /// <summary>
    /// Waits until it has stopped. That the store or the catalogue is away, and cannot be told in time that this process leaves, is no fault
    /// of the stop: leases and registrations run out by themselves.
    /// </summary>
    private static async Task Stopped(WebApplication app, string process)
    {
        try
        {
            await app.WaitForShutdownAsync();
        }
        catch (Exception late) when (IsOutOfTime(late))
        {
            await Console.Error.WriteLineAsync($"{process}: stopped; not everybody could be told in time that it leaves, and what it held runs out by itself: {late.Message}");
        }
    }

    private static bool IsOutOfTime(Exception late) =>
        late is OperationCanceledException or FailureException || (late is AggregateException several && several.InnerExceptions.All(IsOutOfTime));

    /// <summary>A start that failed has left some parts running, the server among them: they stop before what they use is taken away.</summary>
    private static async Task End(WebApplication app)
    {
        await app.StopAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.DisposeAsync();
    }

    private static string ReadyLine(string process, BoundAddresses bound, IEnumerable<(string Name, string Value)> more) =>
        OneLine([("ready", process), ("grpc", bound.Grpc), ("http", bound.Http), .. more]);

    private static string OneLine(IEnumerable<(string Name, string Value)> facts)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in facts)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Listen(KestrelServerOptions kestrel, ListenOptions listen)
    {
        kestrel.AddServerHeader = false;
        kestrel.Listen(listen.Grpc, l =>
        {
            l.Protocols = HttpProtocols.Http2;
            if (listen.Certificates is { } certificates)
            {
                l.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(certificates.Server()) });
            }
        });
        kestrel.Listen(listen.Http, l => l.Protocols = HttpProtocols.Http1);
        // Streams of the mesh are quiet for long; a dead peer is found by keep-alive, not by a request timeout.
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(20);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.Http2.MaxStreamsPerConnection = 10_000;
        // A watcher may read as slowly as it likes: what waits for it is bounded by HTTP/2's flow control, by the response
        // buffer below, and by feeds that hold one state a thing. The rate limit would cut the whole connection, with all its streams.
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.MaxResponseBufferSize = 64 * 1024;
    }

    /// <summary>Answers over HTTP/1.1 are short: who does not take one at this rate is let go, as is Kestrel's habit.</summary>
    private static Task HoldSlowReadersOfHttp1(HttpContext context, RequestDelegate next)
    {
        if (!HttpProtocol.IsHttp2(context.Request.Protocol) && context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        }

        return next(context);
    }

    private static void AddLogs(ILoggingBuilder logging, LogLevel level)
    {
        logging.SetMinimumLevel(level);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // That a part is not ready is what /health answers; what keeps it from being ready says so itself, once.
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
        });
        // Standard output carries the ready line alone.
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            o => o.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
