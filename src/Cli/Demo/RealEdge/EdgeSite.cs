using System.Net;
using Mano.Cli.Connection;
using Mano.Cli.Up;

namespace Mano.Cli.Demo.RealEdge;

/// <summary>MEO, MEC platform and MEPM as processes of their own, each in its part of the network.</summary>
internal sealed class EdgeSite : IAsyncDisposable
{
    private const string SiteId = "edge-a";

    private readonly List<EdgeProgram> programs = [];
    private readonly List<PortRelay> relays = [];

    private EdgeSite()
    {
    }

    /// <summary>Addresses that this process reaches.</summary>
    public RunningSystem Addresses { get; private set; } = null!;

    /// <summary>Starts all three and waits until the MEO hears from the site.</summary>
    public static async Task<EdgeSite> StartAsync(EdgeRun run, TimeProvider clock, CancellationToken stop)
    {
        var site = new EdgeSite();
        try
        {
            await site.StartProgramsAsync(run, clock, stop);
            using var meo = new MeoConnection(site.Addresses.Meo.Grpc, "demo", clock);
            await SiteReadiness.WaitAsync(meo, [SiteId], TimeSpan.FromSeconds(60), clock, stop);
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the site first, so that what it runs ends while the MEO still hears of it.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var program in programs.AsEnumerable().Reverse())
        {
            await program.DisposeAsync();
        }

        relays.ForEach(r => r.Dispose());
        programs.Clear();
        relays.Clear();
    }

    private async Task StartProgramsAsync(EdgeRun run, TimeProvider clock, CancellationToken stop)
    {
        async Task<EdgeProgram> Start(string part, string project, params string[] arguments)
        {
            string[] all = ["--data", Path.Combine(run.Folder, "state", project), "--log-level", "information", .. arguments];
            var program = await EdgeProgram.StartAsync(run.Network[part], project, Path.Combine(run.Folder, $"{project}.log"), clock, stop, all);
            lock (programs)
            {
                programs.Add(program);
            }

            return program;
        }

        string Relay(string part, string url) => Kept(new PortRelay(() => run.Network.Tcp(part), Target(url))).Url;

        var meo = await Start(EdgePlan.Operations, "Meo", "--grpc", $"{EdgePlan.Meo}:7401", "--http", $"{EdgePlan.Meo}:7402");
        var platform = await Start(
            EdgePlan.Gateway, "MecPlatform", "--platform-id", $"{SiteId}-1-platform", "--site", SiteId,
            "--grpc", $"{EdgePlan.PlatformForOperations}:7413", "--http", $"{EdgePlan.PlatformForApplications}:7414",
            "--dns", $"{EdgePlan.Dns}", "--dns-upstream", $"{EdgePlan.CloudDns}", "--data-plane", "nft", "--gateway-netns", run.Network.NameOf(EdgePlan.Gateway));
        var host = $"id={SiteId}-1,zone=a,vim=LocalProcess,latency=5ms,platform={platform.Ready["grpc"]},vim.Folder={run.VimFolder},vim.Ephemeral=true,"
            + $"vim.NetworkNamespace={run.Network[EdgePlan.Site].Path},vim.AddressRange={EdgePlan.Applications}";
        var mepm = await Start(
            EdgePlan.Operations, "Mepm", "--site", SiteId, "--name", "Edge site A", "--location", "43.70,7.27,FR", "--meo", meo.Ready["grpc"],
            "--grpc", $"{EdgePlan.Meo}:7411", "--http", $"{EdgePlan.Meo}:7412", "--host", host);
        Addresses = new RunningSystem(
            Environment.ProcessId, Path.Combine(run.Folder, "state"),
            new RunningMeo(Relay(EdgePlan.Operations, meo.Ready["grpc"]), Relay(EdgePlan.Operations, meo.Ready["http"])),
            [new RunningSite(SiteId, Relay(EdgePlan.Operations, mepm.Ready["grpc"]), Relay(EdgePlan.Operations, platform.Ready["grpc"]), platform.Ready["mp1"], platform.Ready["dns"], "")]);
    }

    private PortRelay Kept(PortRelay relay)
    {
        relays.Add(relay);
        return relay;
    }

    private static IPEndPoint Target(string url) => IPEndPoint.Parse(new Uri(url).Authority);
}
