using System.Diagnostics;
using Mano.Cli.Connection;
using Mano.MecPlatform;
using Mano.Meo;
using Mano.Mepm;
using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;
using Microsoft.AspNetCore.Builder;

namespace Mano.Cli.Up;

/// <summary>The whole system in this process: the very hosts that the deployables run, told about one another.</summary>
internal sealed class AllInOne : IAsyncDisposable
{
    private readonly List<WebApplication> started = [];
    private readonly FileStream folderLock;

    private AllInOne(FileStream folderLock) => this.folderLock = folderLock;

    public RunningSystem Addresses { get; private set; } = null!;

    /// <summary>Starts everything and waits until the MEO hears from every site.</summary>
    /// <exception cref="FailureException">A port or the state folder cannot be used, or a site did not come up; nothing is left running.</exception>
    public static async Task<AllInOne> StartAsync(AllInOneOptions options, TimeProvider clock, CancellationToken stop)
    {
        var system = new AllInOne(DataFolder.Lock(options.Data));
        try
        {
            await system.StartHostsAsync(options, stop);
            using var meo = new MeoConnection(system.Addresses.Meo.Grpc, "up", clock);
            await SiteReadiness.WaitAsync(meo, options.Ports.Sites, options.Patience, clock, stop);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the sites first, so that what they run ends while the MEO still hears of it.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var group in started.AsEnumerable().Reverse().Chunk(2))
        {
            await Task.WhenAll(group.Select(StopAsync));
        }

        started.Clear();
        await folderLock.DisposeAsync();
    }

    private async Task StartHostsAsync(AllInOneOptions options, CancellationToken stop)
    {
        var sites = options.Ports.Sites.Select((_, index) => new SiteSettings(options, index)).ToArray();
        var meo = await StartAsync(() => MeoHost.Build(Meo(options)), stop);
        var meoAddresses = BoundAddresses.Of(meo);
        var platforms = await Task.WhenAll(sites.Select(s => StartAsync(() => PlatformHost.Build(s.Platform()), stop)));
        var mepms = await Task.WhenAll(sites.Zip(platforms).Select(
            s => StartAsync(() => MepmHost.Build(s.First.Mepm(meoAddresses.Grpc, BoundAddresses.Of(s.Second).Grpc)), stop)));
        Addresses = new RunningSystem(
            Environment.ProcessId, options.Data, new RunningMeo(meoAddresses.Grpc, meoAddresses.Http),
            [.. sites.Select((s, i) => Describe(s.SiteId, mepms[i], platforms[i]))]);
    }

    private static MeoOptions Meo(AllInOneOptions options) => options.Packages(new()
    {
        DataFolder = Path.Combine(options.Data, "meo"),
        Listen = new ListenOptions { Grpc = options.Ports.MeoGrpc, Http = options.Ports.MeoHttp },
        Discovery = options.Discovery,
        LogLevel = options.LogLevel,
    });

    private static RunningSite Describe(string siteId, WebApplication mepm, WebApplication platform)
    {
        var own = PlatformHost.AddressesOf(platform).ToDictionary(a => a.Name, a => a.Value);
        return new RunningSite(siteId, BoundAddresses.Of(mepm).Grpc, BoundAddresses.Of(platform).Grpc, own["mp1"], own["dns"], $"socks5://{own["gateway"]}");
    }

    /// <summary>Off the caller's thread: building a host compiles a good deal, and the hosts of one stage come up side by side.</summary>
    private async Task<WebApplication> StartAsync(Func<WebApplication> build, CancellationToken stop)
    {
        var app = await Task.Run(build, stop);
        try
        {
            await app.StartAsync(stop);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        lock (started)
        {
            started.Add(app);
        }

        return app;
    }

    private static async Task StopAsync(WebApplication app)
    {
        try
        {
            await app.StopAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or AggregateException)
        {
            // It did not stop in its own time; disposing it ends what is left of it.
            Debug.WriteLine(e);
        }

        await app.DisposeAsync();
    }
}
