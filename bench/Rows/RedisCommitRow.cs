using System.Diagnostics;
using Mano.Mesh.State;
using Mano.Mesh.State.Redis;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.Bench.Rows;

/// <summary>A commit to the shared store against a bare SET of the same value to the same server.</summary>
internal sealed class RedisCommitRow : IBenchRow
{
    private static int Rounds => Effort.Of(9, 2);
    private const int InFlight = 64;
    private const int OneByOne = 300;
    private const int Together = 6_400;

    private readonly byte[] value = System.Text.Encoding.UTF8.GetBytes($"{{\"value\":\"{new string('x', 1000)}\"}}");
    private long next;

    public string Name => "redis-commit";

    public string Description =>
        $"""
        One key of 1 KB committed to the Redis store: versions checked, value, version, index, change feed and retry memory written by one script.
        Floor: SET of the same value by StackExchange.Redis on a connection of its own, pipelined by it, to the same redis-server, which syncs its
        append-only file before it answers (appendfsync always). {Rounds} rounds, taking turns: {OneByOne} one after the other, then {Together} with {InFlight} in flight.
        A second server without that sync (appendfsync no) shows what is left when the disk costs nothing.
        """;

    public async Task<IReadOnlyList<Comparison>> MeasureAsync()
    {
        var comparisons = new List<Comparison>();
        foreach (var (fsync, name) in new[] { ("always", "synced"), ("no", "not synced") })
        {
            await using var redis = await BareRedis.StartAsync(fsync) ?? throw new MissingHereException("redis-server");
            await using var store = RedisStateStore.Open(RedisStoreOptions.Parse($"redis://127.0.0.1:{redis.Port}/"), TimeProvider.System, NullLoggerFactory.Instance);
            await store.Reached(CancellationToken.None);
            var database = redis.Client.GetDatabase();
            comparisons.AddRange(await CompareAsync(
                name,
                () => database.StringSetAsync($"bare/{Interlocked.Increment(ref next) % 10_000}", value),
                async () => (await store.Commit(new Batch().Put($"bench/default/{Interlocked.Increment(ref next) % 10_000}", value))).OrThrow()));
        }

        return comparisons;
    }

    private static async Task<IReadOnlyList<Comparison>> CompareAsync(string name, Func<Task> floor, Func<Task> subject)
    {
        var (floors, subjects) = (new List<Round>(), new List<Round>());
        await RoundAsync(floor);
        await RoundAsync(subject);
        for (var round = 0; round < Rounds; round++)
        {
            floors.Add(await RoundAsync(floor));
            subjects.Add(await RoundAsync(subject));
        }

        Sample Of(List<Round> rounds, Func<Round, double> figure) => new([.. rounds.Select(figure)]);
        return
        [
            new($"{name}, one after the other", "µs", Of(floors, r => r.Alone), Of(subjects, r => r.Alone), name == "synced" ? 1.5 : null),
            new($"{name}, {InFlight} in flight, time a commit", "µs", Of(floors, r => r.Together), Of(subjects, r => r.Together), name == "synced" ? 3.0 : null),
        ];
    }

    private static async Task<Round> RoundAsync(Func<Task> one)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < OneByOne; i++)
        {
            await one();
        }

        var alone = Stopwatch.GetElapsedTime(started).TotalMicroseconds / OneByOne;
        started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Together / InFlight; i++)
            {
                await one();
            }
        })));
        return new(alone, Stopwatch.GetElapsedTime(started).TotalMicroseconds / Together);
    }

    private sealed record Round(double Alone, double Together);
}
