using System.Collections.Concurrent;
using System.Diagnostics;
using Mano.Cli.Connection;
using Mano.Lifecycle.V1;

namespace Mano.Bench.Fleets;

/// <summary>Rounds of instantiate at a MEO, and how their figures grow with something.</summary>
internal sealed class Growth(MeoConnection meo, string packageId)
{
    public static async Task<Growth> AtAsync(FleetMachine machine)
    {
        await machine.UsableAsync();
        using var channels = new Mesh.Channels.GrpcChannels();
        var packageId = await BenchApplication.OnboardAsync(channels.For(machine.Connection.Address));
        return new(machine.Connection, packageId);
    }

    /// <summary>Every point against the first: what a figure there is, over what it was at the beginning.</summary>
    /// <param name="points">With what they are called, in order.</param>
    /// <param name="target">The largest growth of p50 that is right; null: it is shown.</param>
    public static IReadOnlyList<Comparison> Compare(IReadOnlyList<(string Name, GrowthPoint Point)> points, double? target) =>
    [
        .. points.Select(p => new Comparison($"{p.Name}: p50", "ms", points[0].Point.P50, p.Point.P50, p == points[0] ? null : target)),
        .. points.Select(p => new Comparison($"{p.Name}: p99", "ms", points[0].Point.P99, p.Point.P99, null)),
        .. points.Select(p => new Comparison($"{p.Name}: completed a second", "instantiate/s", points[0].Point.PerSecond, p.Point.PerSecond, null)),
    ];

    /// <param name="inFlight">At a time.</param>
    /// <param name="rounds">How many rounds.</param>
    /// <param name="operations">In each round.</param>
    public async Task<GrowthPoint> MeasureAsync(int inFlight, int rounds, int operations)
    {
        await RoundAsync(inFlight, operations);
        var (p50, p99, perSecond) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            var (times, rate) = await RoundAsync(inFlight, operations);
            p50.Add(Sample.Quantile(times, 0.5));
            p99.Add(Sample.Quantile(times, 0.99));
            perSecond.Add(rate);
        }

        return new(new(p50), new(p99), new(perSecond));
    }

    /// <summary>Instances that are on record, and no more.</summary>
    public Task StoreAsync(int count) => InParallel(count, 64, () => meo.Lifecycle.CreateAppInstanceAsync(new() { AppPackageId = packageId }).ResponseAsync);

    private async Task<(IReadOnlyCollection<double> Times, double PerSecond)> RoundAsync(int inFlight, int operations)
    {
        var made = new ConcurrentQueue<string>();
        await InParallel(operations, inFlight, async () => made.Enqueue((await meo.Lifecycle.CreateAppInstanceAsync(new() { AppPackageId = packageId })).AppInstance.AppInstanceId));
        var (todo, times) = (new ConcurrentQueue<string>(made), new ConcurrentBag<double>());
        var started = Stopwatch.GetTimestamp();
        await InParallel(operations, inFlight, async () =>
        {
            todo.TryDequeue(out var instance);
            var begun = Stopwatch.GetTimestamp();
            await BenchApplication.EndOf(meo.Operations, (await meo.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = instance })).Operation);
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        });
        var perSecond = operations / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await InParallel(operations, inFlight, async () =>
        {
            made.TryDequeue(out var instance);
            await BenchApplication.EndOf(meo.Operations, (await meo.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = instance })).Operation);
            await meo.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = instance });
        });
        return (times, perSecond);
    }

    private static Task InParallel(int count, int inFlight, Func<Task> work)
    {
        var left = count;
        return Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await work();
            }
        })));
    }
}

/// <summary>What rounds of instantiate came to.</summary>
internal sealed record GrowthPoint(Sample P50, Sample P99, Sample PerSecond);
