using System.CommandLine;
using System.Globalization;
using System.Net;
using Mano.Cli.Terminal;
using Mano.Mesh.Hosting;

namespace Mano.Cli.Simulate;

/// <summary><c>mano simulate</c>: a fleet of sites in one process, for planning a network and for proving what the system promises.</summary>
internal static class SimulateCommand
{
    private const int MostSites = 50_000;
    private const int MostInstances = 1_000_000;

    private static readonly FleetOptions Defaults = new();

    private static readonly Option<int> Sites = Number("--sites", "how many sites", 1, MostSites, Defaults.Sites);
    private static readonly Option<int> Hosts = Number("--hosts", "MEC hosts at each site", 1, 100, Defaults.HostsPerSite);
    private static readonly Option<int> Cpus = Number("--cpus", "CPUs of each host, of which an instance takes one (default: drawn, 16 to 128)", 1, 200_000, 0);
    private static readonly Option<int> Instances = Number("--instances", "how many application instances to bring up", 0, MostInstances, Defaults.Instances);
    private static readonly Option<int> InFlight = Number("--in-flight", "operations under way at a time", 1, 4_096, Defaults.InFlight);
    private static readonly Option<int> Seed = Number("--seed", "of everything that is drawn: sizes, places, faults, outages", 0, int.MaxValue, Defaults.Seed);
    private static readonly Option<int> Outages = Number("--outages", "how often a site goes away, cut off or restarted, within --duration", 0, 1_000_000, Defaults.Outages);
    private static readonly Option<double> Rate = Parsed("--rate", "operations begun a second at most (default: as many as end)", "NUMBER", 0, 1_000_000, "a number of operations a second");
    private static readonly Option<double> VimFaults = Share("--vim-faults", "share of calls that the VIMs fail");
    private static readonly Option<double> LostReplies = Share("--lost-replies", "share of calls that the VIMs carry out and do not answer");
    private static readonly Option<double> BootFailures = Share("--boot-failures", "share of computes that never boot");
    private static readonly Option<TimeSpan> Boot = TimeFlag.Create("--boot", "how long a compute takes to boot (default: no time)");
    private static readonly Option<TimeSpan> BootSpread = TimeFlag.Create("--boot-spread", "up to how much longer a boot takes");
    private static readonly Option<TimeSpan> Duration = TimeFlag.Create("--duration", "how long instances are replaced by others, once all are up (default: not at all)");
    private static readonly Option<TimeSpan> OutageTime = MeshFlags.Duration("--outage-time", "how long a site is away, half less to half more", Defaults.OutageTime);
    private static readonly Option<TimeSpan> Patience = MeshFlags.Duration("--patience", "how long to wait for sites to connect, for an operation, for agreement", Defaults.Patience);
    private static readonly Option<IPEndPoint?> Listen = MeshFlags.Parsed<IPEndPoint?>(
        "--listen", "with a MEO on another machine: address of this one and the first of as many ports as there are sites", "ADDRESS:PORT", MeshFlags.ParseEndPoint, null);

    public static Command Build(Verbs verbs)
    {
        var command = verbs.Verb(
            "simulate", "play a fleet of edge sites to a MEO of its own, or to the one that --meo names",
            [Sites, Hosts, Cpus, Instances, InFlight, Rate, Duration, Outages, OutageTime, VimFaults, LostReplies, BootFailures, Boot, BootSpread, Seed, Patience, Listen], RunAsync);
        command.Validators.Add(result =>
        {
            if (result.GetValue(Outages) > 0 && result.GetValue(Duration) == TimeSpan.Zero)
            {
                result.AddError("--outages: sites go away within --duration, which is not given; --duration 30s would be right.");
            }
        });
        return command;
    }

    private static async Task<ExitCode> RunAsync(Invocation run)
    {
        var options = new FleetOptions
        {
            Sites = run.Get(Sites), HostsPerSite = run.Get(Hosts), CpusPerHost = run.Get(Cpus), Instances = run.Get(Instances), InFlight = run.Get(InFlight), Seed = run.Get(Seed),
            Rate = run.Get(Rate), Duration = run.Get(Duration), Outages = run.Get(Outages), OutageTime = run.Get(OutageTime), Patience = run.Get(Patience),
            VimFaults = run.Get(VimFaults), LostReplies = run.Get(LostReplies), BootFailures = run.Get(BootFailures), Boot = run.Get(Boot), BootSpread = run.Get(BootSpread),
        };
        var summary = await new FleetRun(options, run, run.NamedMeo, run.Get(Listen)).RunAsync();
        run.Answer(() => Documents.Of(summary, SimulateJson.Default.FleetSummary), summary.Show);
        return summary.IsRight ? run.Stop.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Done : ExitCode.Failed;
    }

    private static Option<int> Number(string name, string description, int least, int most, int fallback) => MeshFlags.Parsed(
        name, description, "NUMBER",
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException($"'{text}' is not right; a whole number from {least} to {most} would be."),
        fallback);

    private static Option<double> Share(string name, string description) => Parsed(name, description, "SHARE", 0, 0.9, "a share");

    private static Option<double> Parsed(string name, string description, string valueName, double least, double most, string what) => MeshFlags.Parsed(
        name, description, valueName,
        text => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"'{text}' is not {what}; from {least} to {most} would be right.")),
        0);
}
