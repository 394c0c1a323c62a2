using System.CommandLine;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Meo;
using Mano.Mesh.Discovery;
using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;
using Mano.VimAdapters.LocalContainers;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace Mano.Cli.Up;

/// <summary><c>mano up</c>: an edge system on this machine for as long as the command runs.</summary>
internal static class UpCommand
{
    public static Command Build(Verbs verbs)
    {
        var port = PortPlan.Flag();
        var data = new Option<string>("--data") { Description = "folder of all state, kept over restarts (default: .mano)", HelpName = "DIR" };
        var vim = VimFlag.Create(VimKind.LocalProcess, VimKind.LocalContainers, VimKind.Simulated);
        var engine = new Option<string>("--engine") { Description = "socket of the container engine, with --vim local-containers", HelpName = "SOCKET", DefaultValueFactory = _ => LocalContainersOptions.UsualSocket };
        var log = new Option<LogLevel>("--log-level") { Description = "lowest level that is logged on standard error", HelpName = "LEVEL", DefaultValueFactory = _ => LogLevel.Warning };
        var consul = MeshFlags.Url("--consul", "HTTP API of a Consul agent: the parts register there and find one another there");
        var token = new Option<string>("--consul-token-file") { Description = "file with Consul's ACL token", HelpName = "FILE" };
        var packages = new PackageFlags();
        return verbs.Verb("up", "run a MEO and two edge sites on this machine until Ctrl-C", [port, data, vim, engine, log, consul, token, .. packages.All], async run =>
        {
            var options = new AllInOneOptions
            {
                Data = Path.GetFullPath(run.Get(data) ?? run.Surroundings.DefaultData, run.Surroundings.Folder),
                Ports = PortPlan.From(run.Get(port)),
                Vim = run.Get(vim),
                Engine = run.Get(engine)!,
                LogLevel = run.Get(log),
                Packages = meo => packages.Apply(run.Parsed, meo, run.Surroundings.Folder),
                Discovery = run.Get(consul) is { } agent
                    ? new DiscoveryOptions { Consul = agent, TokenFile = run.Get(token) is { } file ? Path.GetFullPath(file, run.Surroundings.Folder) : null }
                    : null,
            };
            return await RunAsync(run, options);
        });
    }

    private static async Task<ExitCode> RunAsync(Invocation run, AllInOneOptions options)
    {
        RefuseBusyPorts(options);
        await RefuseWithoutEngineAsync(run, options);
        var clock = run.Surroundings.Clock;
        var begun = clock.GetTimestamp();
        await using var system = await AllInOne.StartAsync(options, clock, run.Stop);
        var files = new[] { RunningSystem.FileIn(options.Data), RunningSystem.WellKnownFile(run.Surroundings) };
        Array.ForEach(files, system.Addresses.WriteTo);
        try
        {
            run.Answer(system.Addresses.ToJson, console => Show(console, system.Addresses, clock.GetElapsedTime(begun), run.Surroundings.CommandName, options.Vim));
            await run.Surroundings.RawOut.FlushAsync(run.Stop);
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, run.Stop).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            run.Remark("stopping…");
        }
        finally
        {
            Array.ForEach(files, system.Addresses.RemoveFrom);
        }

        return ExitCode.Done;
    }

    private static void Show(IAnsiConsole console, RunningSystem system, TimeSpan took, string command, VimKind vim)
    {
        var listing = new Listing("", "gRPC", "Mp1 / HTTP", "DNS", "GATEWAY (SOCKS5)");
        listing.Add(new Cell("MEO", "bold"), Short(system.Meo.Grpc), Short(system.Meo.Http), "", "");
        foreach (var site in system.Sites)
        {
            listing.Add(new Cell(site.SiteId, "bold"), Short(site.Mepm), Short(site.Mp1), site.Dns, Short(site.Gateway));
        }

        listing.Show(console);
        console.Line();
        console.Line($"ready in {Words.Elapsed(took)}; state in {system.Data}", "green");
        if (vim == VimKind.LocalContainers)
        {
            console.Line("Containers go on when this ends, and are found again when it is started on the same state.", "grey");
        }

        console.Line($"Other terminals find it by themselves: {command} site list. Ctrl-C ends it.", "grey");
    }

    private static async Task RefuseWithoutEngineAsync(Invocation run, AllInOneOptions options)
    {
        if (options.Vim == VimKind.LocalContainers
            && (await EngineProbe.AskAsync(options.Engine, run.Surroundings.Clock, run.Stop)).Failure is { } why)
        {
            throw Sentences.Usage($"{why.Message} --engine names another socket; {run.Surroundings.CommandName} doctor says more; --vim local-process needs no engine.", "--engine");
        }
    }

    private static void RefuseBusyPorts(AllInOneOptions options)
    {
        var busy = options.Ports.Busy();
        if (busy.Count > 0)
        {
            var which = string.Join(", ", busy.Select(b => $"{b.Port} ({b.What})"));
            throw Sentences.Usage(
                $"Port {which} is in use by another program. End that program ('ss -ltnp' shows which), or begin at other ports: mano up --port {options.Ports.Base + 1000}, or --port 0 for any free ones.", "--port");
        }
    }

    private static string Short(string url) => url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
}
