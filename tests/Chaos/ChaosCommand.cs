using System.Globalization;
using Mano.Chaos.History;
using Mano.Chaos.Report;
using Mano.Chaos.Topologies;

namespace Mano.Chaos;

/// <summary>
/// <c>chaos [--topology NAME] [--seed N] [--kills N] [--minutes N] [--folder DIR] [--report FILE] [--keep]</c>, or
/// <c>chaos --check HISTORY.jsonl</c>. Exit code 0 only without a violation.
/// </summary>
internal static class ChaosCommand
{
    public static async Task<int> Main(string[] args)
    {
        var flags = Flags(args);
        if (flags.TryGetValue("check", out var file))
        {
            return Say(HistoryChecker.Check(HistoryFile.Read(file)));
        }

        // What is not given is drawn from the clock, and printed, so that it can be given.
        var seed = flags.TryGetValue("seed", out var given) && given.Length > 0
            ? int.Parse(given, CultureInfo.InvariantCulture) : (int)(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() % 1_000_000);
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        var options = new ChaosOptions
        {
            Topology = TopologyPlan.Named(flags.GetValueOrDefault("topology", "mesh")),
            Seed = seed,
            Kills = (int)Number(flags, "kills", 0),
            For = TimeSpan.FromMinutes(Number(flags, "minutes", 600)),
            Folder = flags.GetValueOrDefault("folder", Path.Combine(Path.GetTempPath(), $"mano-chaos-{seed}-{Environment.ProcessId}")),
            Pace = TimeSpan.FromSeconds(Number(flags, "pace", 1.2)),
            KillsInRound = (int)Number(flags, "round", 25),
            KeepFolder = flags.ContainsKey("keep"),
            Say = Console.WriteLine,
        };
        try
        {
            var result = await ChaosRun.Execute(options, stop.Token);
            Console.WriteLine(RunTable.Of(result));
            if (flags.TryGetValue("report", out var page) && page.Length > 0)
            {
                ReportPage.Write(page, result, args);
            }

            var code = Say(result.Violations);
            Console.WriteLine(result.IsClean ? "chaos: no violation" : $"chaos: seed {seed}; all of it is in {result.Folder}, the story in story.txt");
            return code;
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine($"chaos: stopped; seed {seed}");
            return 130;
        }
    }

    private static int Say(IReadOnlyList<Violation> violations)
    {
        foreach (var violation in violations)
        {
            Console.WriteLine($"VIOLATION {violation.Kind} {violation.Instance}: {violation.Message}");
        }

        return violations.Count == 0 ? 0 : 1;
    }

    private static double Number(Dictionary<string, string> flags, string name, double fallback) =>
        flags.TryGetValue(name, out var text) && text.Length > 0 ? double.Parse(text, CultureInfo.InvariantCulture) : fallback;

    private static Dictionary<string, string> Flags(string[] args)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i].TrimStart('-');
            flags[name] = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[++i] : "";
        }

        return flags;
    }
}
