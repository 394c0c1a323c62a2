using System.CommandLine;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Cli.Up;
using Mano.VimAdapters.LocalContainers;
using Spectre.Console;

namespace Mano.Cli.Doctor;

/// <summary><c>mano doctor</c>: whether this machine can run mano, and how well.</summary>
internal static class DoctorCommand
{
    public static Command Build(Verbs verbs)
    {
        var port = PortPlan.Flag();
        var data = new Option<string>("--data") { Description = "the state folder to look at (default: .mano)", HelpName = "DIR" };
        var engine = new Option<string>("--engine") { Description = "socket of a container engine to look at", HelpName = "SOCKET", DefaultValueFactory = _ => LocalContainersOptions.UsualSocket };
        return verbs.Verb("doctor", "check this machine; exits 1 when something must be mended first", [port, data, engine], async run =>
        {
            var folder = Path.GetFullPath(run.Get(data) ?? run.Surroundings.DefaultData, run.Surroundings.Folder);
            var findings = await CheckAsync(run, run.Get(port), folder, run.Get(engine)!);
            var worst = findings.Max(f => f.Verdict);
            run.Answer(() => Documents.Of(new DoctorDocument(worst, findings), DoctorJson.Default.DoctorDocument), console => Show(console, findings));
            return worst == Verdict.Fail ? ExitCode.Failed : ExitCode.Done;
        });
    }

    private static async Task<IReadOnlyList<Finding>> CheckAsync(Invocation run, int basePort, string folder, string engine)
    {
        var running = RunningSystem.Read(RunningSystem.FileIn(folder)) ?? RunningSystem.Read(RunningSystem.WellKnownFile(run.Surroundings));
        return
        [
            MachineChecks.Runtime(),
            MachineChecks.Memory(),
            MachineChecks.OpenFiles(),
            MachineChecks.Time(run.Surroundings.Clock),
            MachineChecks.Disk(folder),
            NetworkChecks.LoopbackAddresses(),
            NetworkChecks.Ports(basePort, running),
            await IsolationChecks.NamespacesAsync(run.Stop),
            IsolationChecks.Cgroups(),
            NetworkChecks.Packets(run.Surroundings),
            await EngineCheck.AskAsync(engine, run.Surroundings.Clock, run.Stop),
            NetworkChecks.Tool("curl", "fetching a page through a site's gateway by hand", "curl"),
            NetworkChecks.Tool("dig", "asking a site's DNS by hand", "bind9-dnsutils"),
        ];
    }

    private static void Show(IAnsiConsole console, IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings)
        {
            var (word, style) = finding.Verdict switch
            {
                Verdict.Ok => ("ok  ", "green"),
                Verdict.Warn => ("warn", "yellow"),
                _ => ("fail", "red"),
            };
            console.Write(word, Style.Parse(style));
            console.Line($"  {finding.What,-10}  {finding.Seen}");
            foreach (var more in new[] { finding.Meaning, finding.Mend }.Where(t => t.Length > 0))
            {
                console.Line($"                  {more}", "grey");
            }
        }

        console.Line();
        console.Line(findings.Max(f => f.Verdict) switch
        {
            Verdict.Ok => "All is well.",
            Verdict.Warn => "mano works here, with what the warnings say.",
            _ => "Mend what failed, then ask again.",
        });
    }
}
