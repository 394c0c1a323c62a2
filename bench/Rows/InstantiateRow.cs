using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime;
using Mano.Lifecycle.V1;

namespace Mano.Bench.Rows;

/// <summary>Instantiate, end to end, against the bare hops and commits that it is made of.</summary>
internal sealed class InstantiateRow : IBenchRow
{
    private static int Rounds => Effort.Of(7, 2);
    private const int InFlight = 64;
    private const int OperationsARound = 512;
    private static int MostWarmUpRounds => Effort.Of(16, 1);

    /// <summary>Methods compiled in a round of which nobody takes notice.</summary>
    private const int QuietJit = 50;

    private string counted = "";

    public string Name => "instantiate";

    public string Description =>
        $"""
        Instantiate of an application with a traffic rule, from the OSS's call to the operation's COMPLETED on its watch stream: MEO, MEPM, simulated VIM
        that boots at once, and platform, over real sockets, each with its own durable store (an fsync for every group of commits). {InFlight} in flight,
        {Rounds} rounds of {OperationsARound}. Floor: a loop that makes the same number of bare gRPC hops and of commits to three stores of the same kind, one
        after the other, {InFlight} loops at once. The numbers are counted in the subject, not assumed: {counted}.
        CPU and allocations are those of this process, which all parts run in, callers and VIM included, from the first call of a round to its last
        operation's end.
        """;

    public async Task<IReadOnlyList<Comparison>> MeasureAsync()
    {
        await using var machine = await OneMachine.StartAsync();
        await using var bare = await BareMachine.StartAsync();
        await WarmUpAsync(machine);
        var counts = await CountAsync(machine);
        counted = $"{counts.Hops:0.0} calls and {string.Join(" + ", counts.Commits.Select(c => $"{c:0.0}"))} commits (MEO + MEPM + platform) an instantiate";
        var plan = counts.Rounded();
        await BareRoundAsync(bare, plan);

        var (floors, subjects) = (new List<Round>(), new List<Round>());
        for (var round = 0; round < Rounds; round++)
        {
            floors.Add(await BareRoundAsync(bare, plan));
            subjects.Add(await SubjectRoundAsync(machine));
        }

        return
        [
            Compare("p50", r => r.Quantile(0.5), 1.5),
            Compare("p99", r => r.Quantile(0.99), 3),
            new("CPU an operation", "ms", Of(floors, r => r.CpuMilliseconds), Of(subjects, r => r.CpuMilliseconds), null),
            new("allocated an operation", "KB", Of(floors, r => r.AllocatedKilobytes), Of(subjects, r => r.AllocatedKilobytes), null),
            new("completed a second", "instantiate/s", Of(floors, r => r.PerSecond), Of(subjects, r => r.PerSecond), null)
            {
                Headline = "operations a second, durable", Bound = Bound.AtLeast(2_000), Published = "Nomad about 1,500, Kubernetes 680 to 810, Durable Task about 1,400",
            },
        ];

        Comparison Compare(string figure, Func<Round, double> of, double target) => new(figure, "ms", Of(floors, of), Of(subjects, of), target) { Headline = $"instantiate, {InFlight} in flight, {figure}" };
        static Sample Of(List<Round> rounds, Func<Round, double> of) => new([.. rounds.Select(of)]);
    }

    /// <summary>Until the JIT has little left to do, or it would compete with the subject for the cores: a MEO runs for months.</summary>
    private static async Task WarmUpAsync(OneMachine machine)
    {
        for (var (round, compiled) = (0, 0L); round < MostWarmUpRounds && JitInfo.GetCompiledMethodCount() is var now && (round == 0 || now - compiled > QuietJit); round++)
        {
            compiled = now;
            await SubjectRoundAsync(machine);
        }
    }

    /// <summary>One round, counting finished calls of every server in this process and revisions of every store.</summary>
    private static async Task<Counts> CountAsync(OneMachine machine)
    {
        long calls = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == "http.server.request.duration")
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref calls));
        listener.Start();
        var (begun, ended) = (new Tally(0, []), new Tally(0, []));
        await SubjectRoundAsync(machine, begins: async () => begun = await Count(), ended: async () => ended = await Count());
        return new(
            (ended.Calls - begun.Calls) / (double)OperationsARound,
            [.. ended.Revisions.Zip(begun.Revisions, (a, b) => (a - b) / (double)OperationsARound)]);

        async Task<Tally> Count() => new(Interlocked.Read(ref calls), await RevisionsAsync(machine));
    }

    private static async Task<long[]> RevisionsAsync(OneMachine machine) =>
        await Task.WhenAll(machine.Stores.Select(store => store.CurrentRevision().AsTask()));

    /// <summary>Creates the instances, instantiates them (this alone is timed and counted), and takes them away again.</summary>
    private static async Task<Round> SubjectRoundAsync(OneMachine machine, Func<Task>? begins = null, Func<Task>? ended = null)
    {
        var instances = new ConcurrentBag<string>();
        await InParallel(async () => instances.Add((await machine.Lifecycle.CreateAppInstanceAsync(new() { AppPackageId = machine.PackageId })).AppInstance.AppInstanceId));
        var todo = new ConcurrentQueue<string>(instances);
        await (begins?.Invoke() ?? Task.CompletedTask);
        var round = await Timed(async () =>
        {
            todo.TryDequeue(out var instance);
            await EndOf(machine, (await machine.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = instance })).Operation);
        });
        await (ended?.Invoke() ?? Task.CompletedTask);

        todo = new(instances);
        await InParallel(async () =>
        {
            todo.TryDequeue(out var instance);
            await EndOf(machine, (await machine.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = instance })).Operation);
            await machine.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = instance });
        });
        return round;
    }

    private static Task EndOf(OneMachine machine, Operation operation) => BenchApplication.EndOf(machine.Operations, operation);

    private static Task<Round> BareRoundAsync(BareMachine bare, Counts plan) => Timed(() => bare.OneAsync(plan));

    private static async Task<Round> Timed(Func<Task> operation)
    {
        var times = new ConcurrentBag<double>();
        var (cpu, allocated) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
        var started = Stopwatch.GetTimestamp();
        await InParallel(async () =>
        {
            var begun = Stopwatch.GetTimestamp();
            await operation();
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        });
        return new(
            [.. times],
            OperationsARound / Stopwatch.GetElapsedTime(started).TotalSeconds,
            (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / OperationsARound,
            (GC.GetTotalAllocatedBytes() - allocated) / 1024.0 / OperationsARound);
    }

    private static async Task InParallel(Func<Task> work)
    {
        var left = OperationsARound;
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await work();
            }
        })));
    }

    private sealed record Round(double[] Milliseconds, double PerSecond, double CpuMilliseconds, double AllocatedKilobytes)
    {
        public double Quantile(double quantile) => Sample.Quantile(Milliseconds, quantile);
    }

    private sealed record Tally(long Calls, long[] Revisions);
}

/// <summary>What one instantiate is made of.</summary>
/// <param name="Hops">gRPC calls.</param>
/// <param name="Commits">Commits to each of the three stores.</param>
internal sealed record Counts(double Hops, IReadOnlyList<double> Commits)
{
    /// <summary>Rounded down: the floor is never given more than the subject does.</summary>
    public Counts Rounded() => new(Math.Floor(Hops + 0.01), [.. Commits.Select(c => Math.Floor(c + 0.01))]);
}
