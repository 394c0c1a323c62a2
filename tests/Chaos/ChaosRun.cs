using Mano.Chaos.Faults;
using Mano.Chaos.History;
using Mano.Chaos.Report;
using Mano.Chaos.Topologies;
using Mano.Chaos.Truth;
using Mano.Chaos.Workload;

namespace Mano.Chaos;

/// <summary>
/// One run. Rounds of faults under load; after each, everything is healed, the clients finish what they began, and what
/// is seen in every place must become the same. At the end all is taken down, and nothing may be left; then the history
/// is checked without the system.
/// </summary>
internal sealed class ChaosRun : IDisposable
{
    private readonly ChaosOptions options;
    private readonly Testbed testbed;
    private readonly HistoryFile history;
    private readonly StreamWriter schedule;
    private readonly Tally tally = new();
    private readonly Meos meos;
    private readonly FaultInjector injector;
    private readonly FaultPlan plan;
    private readonly List<Violation> violations = [];
    private readonly List<TimeSpan> recoveries = [];
    private readonly HashSet<string> toldErrors = [];
    private readonly long began = TimeProvider.System.GetTimestamp();
    private long working;
    private TimeSpan longestGap;
    private bool disposed;

    private ChaosRun(ChaosOptions options)
    {
        this.options = options;
        Directory.CreateDirectory(options.Folder);
        testbed = new(options.Topology, options.Folder, $"{options.Seed}-{Environment.ProcessId}-{began}", options.Seed);
        history = new(Path.Combine(options.Folder, "history.jsonl"));
        schedule = new(Path.Combine(options.Folder, "schedule.txt"));
        meos = new(testbed);
        injector = new(testbed, schedule);
        plan = new(options.Seed, [.. testbed.Nodes.Select(n => n.Name)], [.. testbed.Links.Select(l => l.Name)], options.Topology.Lease);
    }

    /// <summary>Runs, and tells what it came to. The folder is deleted if nothing was found.</summary>
    public static async Task<RunResult> Execute(ChaosOptions options, CancellationToken cancel)
    {
        options.Say($"chaos: topology {options.Topology.Name}, seed {options.Seed}, folder {options.Folder}");
        using var run = new ChaosRun(options);
        RunResult result;
        try
        {
            await run.Go(cancel);
            result = run.Result();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            run.violations.Add(new("RUN_ENDED", e.ToString()));
            result = run.Result();
        }

        if (!result.IsClean)
        {
            FailureStory.Write(result, run.testbed, HistoryFile.Read(run.history.Path));
        }

        run.Dispose();
        if (result.IsClean && !options.KeepFolder)
        {
            Directory.Delete(options.Folder, recursive: true);
        }

        return result;
    }

    private async Task Go(CancellationToken cancel)
    {
        await testbed.StartAsync(cancel);
        options.Say($"chaos: {testbed.Nodes.Count} processes are up after {Elapsed.TotalSeconds:0.0} s");
        var apps = await AppPackages.Onboard(testbed, Workforce.AppsFor(options.Owners), cancel);
        working = TimeProvider.System.GetTimestamp();
        using var watch = new TestbedWatch(testbed, apps, history);
        watch.Start(cancel);
        using var work = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var workforce = new Workforce(options.Seed, options.Owners, options.Fighters, apps, (name, dice) => new(name, meos, dice, history, tally));
        workforce.Start(work.Token);
        var quiet = new Quiescence(options, watch, workforce, history, tally, meos);
        while (violations.Count == 0 && !IsOver)
        {
            workforce.Begin();
            await Round(watch, cancel);
            var healed = TimeProvider.System.GetTimestamp();
            await injector.Heal(cancel);
            violations.AddRange(await quiet.Reach(cancel));
            recoveries.Add(TimeProvider.System.GetElapsedTime(healed));
            violations.AddRange(testbed.Nodes.SelectMany(n => n.Deaths).Select(d => new Violation("DIED", d)));
            options.Say($"chaos: {Elapsed.TotalSeconds,6:0} s, {injector.Kills} kills, {tally.Of("operations completed")} operations completed, "
                + $"the same again after {recoveries[^1].TotalSeconds:0.0} s{(violations.Count > 0 ? $", {violations.Count} violations" : "")}");
            TellErrors();
        }

        if (violations.Count == 0)
        {
            violations.AddRange(await quiet.TakeDown(cancel));
        }

        await work.CancelAsync();
        await workforce.End();
        Conclude(workforce);
    }

    /// <summary>Errors in logs are violations at the end; that they are there is said at once.</summary>
    private void TellErrors()
    {
        foreach (var error in ErrorLines.In(testbed.Nodes).Where(e => toldErrors.Add(e.Message.Split(']')[0])))
        {
            options.Say($"chaos: so far {error.Message}");
        }
    }

    /// <summary>What can be said once it is over.</summary>
    private void Conclude(Workforce workforce)
    {
        violations.AddRange(workforce.NeededAttention.Select(n => new Violation("NEEDED_ATTENTION", $"A person would have been needed: {n}")));
        violations.AddRange(tally.Odd.Select(o => new Violation("ODD_ANSWER", o)));
        violations.AddRange(ErrorLines.In(testbed.Nodes));
        violations.AddRange(testbed.Nodes.Where(n => n.PeakMemoryMib > 400).Select(n => new Violation("MEMORY", $"{n.Name} took {n.PeakMemoryMib} MiB.")));
        violations.AddRange(HistoryChecker.Check(HistoryFile.Read(history.Path)));
    }

    private async Task Round(TestbedWatch watch, CancellationToken cancel)
    {
        var until = injector.Kills + options.KillsInRound;
        while (injector.Kills < until && !IsOver)
        {
            foreach (var fault in plan.Next())
            {
                injector.Begin(fault, cancel);
            }

            await Task.Delay(plan.Gap(options.Pace), TimeProvider.System, cancel);
            NoteGaps();
            if (watch.Found is { } found)
            {
                violations.Add(found);
                return;
            }
        }
    }

    /// <summary>How long nothing completed after a fault had ended.</summary>
    private void NoteGaps()
    {
        while (injector.Healings.TryPeek(out var healing) && tally.LastCompletion > healing.Healed)
        {
            injector.Healings.TryDequeue(out _);
            var gap = TimeProvider.System.GetElapsedTime(healing.Healed, tally.LastCompletion);
            longestGap = gap > longestGap ? gap : longestGap;
        }
    }

    private TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(began);

    private bool IsOver => (options.Kills > 0 && injector.Kills >= options.Kills) || TimeProvider.System.GetElapsedTime(working) >= options.For;

    private RunResult Result() => new()
    {
        Topology = options.Topology.Name,
        Seed = options.Seed,
        Folder = options.Folder,
        Took = Elapsed,
        Kills = injector.Kills,
        Faults = new Dictionary<string, int>(injector.Counts),
        Counts = new Dictionary<string, long>(tally.Counts),
        Recoveries = recoveries,
        LongestGap = longestGap,
        Processes = [.. testbed.Nodes.Select(n => (n.Name, n.PeakMemoryMib, n.SlowestStart, n.Starts))],
        Violations = [.. violations],
    };

    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        meos.Dispose();
        testbed.Dispose();
        schedule.Dispose();
        history.Dispose();
    }
}
