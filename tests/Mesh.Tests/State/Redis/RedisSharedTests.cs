using System.Globalization;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Mesh.State.Redis;
using Mano.Testing;

namespace Mano.Mesh.Tests.State.Redis;

/// <summary>Several processes on one Redis.</summary>
public sealed class RedisSharedTests : RedisWorld
{
    [RedisFact]
    public async Task Each_store_sees_the_others_changes_in_one_order()
    {
        var (a, b) = (await OpenReached(), await OpenReached());
        using var cancel = new CancellationTokenSource();
        await Task.WhenAll(a.Reached(cancel.Token), b.Reached(cancel.Token));
        var (seenByA, watchingA) = Watch(a, "n/", 0, cancel.Token);
        var (seenByB, watchingB) = Watch(b, "n/", 0, cancel.Token);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Put(i % 2 == 0 ? a : b, $"n/{i}", i)));
        await Eventually.Is(() => seenByA.Count == 200 && seenByB.Count == 200);
        Assert.Equal(seenByA.Select(c => (c.Revision, c.Key)), seenByB.Select(c => (c.Revision, c.Key)));
        Assert.Equal("0", await Text(b, "n/0"));
        await cancel.CancelAsync();
        await Task.WhenAll(Assert.ThrowsAnyAsync<OperationCanceledException>(() => watchingA.Soon()), Assert.ThrowsAnyAsync<OperationCanceledException>(() => watchingB.Soon()));
    }

    [RedisFact]
    public async Task A_shard_is_taken_over_when_its_time_is_up_and_the_former_owner_can_write_no_more()
    {
        var (a, b) = (await OpenReached(), await OpenReached());
        var held = (await a.AcquireShard("s", "a", TimeSpan.FromSeconds(5))).Value;
        (await a.Commit(new Batch().Put("k", "1"u8.ToArray()).Under(held.Fence))).OrThrow();
        Assert.True((await b.AcquireShard("s", "b", TimeSpan.FromSeconds(10))).IsRefused);
        Outcome<ShardLease> taken = default;
        await Eventually.Is(async () => !(taken = await b.AcquireShard("s", "b", TimeSpan.FromSeconds(10))).IsRefused);
        Assert.True(taken.Value.Epoch > held.Epoch);
        var late = await a.Commit(new Batch().Put("k", "2"u8.ToArray()).Under(held.Fence));
        Assert.Equal(StateFailures.StaleEpoch, late.ToFailure()!.Reason);
        Assert.Equal(StateFailures.StaleEpoch, (await a.RenewShard(held, TimeSpan.FromSeconds(1))).Failure!.Reason);
        Assert.Equal("1", await Text(b, "k"));
    }

    [RedisFact]
    public async Task Epochs_grow_on_over_a_restart_of_Redis()
    {
        var store = await OpenReached(seconds: 30);
        var before = (await store.AcquireShard("s", "a", TimeSpan.FromHours(1))).Value;
        await Server.Kill();
        await Server.StartAsync();
        Assert.True((await store.AcquireShard("s", "b", TimeSpan.FromHours(1))).IsRefused);
        (await store.Commit(new Batch().Put("k", "1"u8.ToArray()).Under(before.Fence))).OrThrow();
        Assert.Equal(before.Epoch + 1, (await store.AcquireShard("s", "a", TimeSpan.FromHours(1))).Value.Epoch);
    }

    [RedisFact]
    public async Task Counters_that_many_stores_count_up_lose_no_acknowledged_step_while_Redis_is_killed_again_and_again()
    {
        const int counters = 4;
        var stores = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => OpenReached(seconds: 30)));
        using var stop = new CancellationTokenSource();
        var (seen, watching) = Watch(stores[0], "count/", 0, stop.Token);
        var acknowledged = new int[counters];
        var unknown = 0;
        var writers = Enumerable.Range(0, 12).Select(writer => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                switch (await CountUp(stores[writer % 3], $"count/{writer % counters}"))
                {
                    case true:
                        Interlocked.Increment(ref acknowledged[writer % counters]);
                        break;
                    case null:
                        Interlocked.Increment(ref unknown);
                        break;
                }
            }
        })).ToArray();
        for (var kill = 0; kill < 5; kill++)
        {
            var reached = acknowledged.Sum();
            await Eventually.Is(() => acknowledged.Sum() > reached + 100);
            await Server.Kill();
            await Server.StartAsync();
        }

        var last = acknowledged.Sum();
        await Eventually.Is(() => acknowledged.Sum() > last + 100);
        await stop.CancelAsync();
        await Task.WhenAll(writers).Soon();
        var values = await Task.WhenAll(Enumerable.Range(0, counters).Select(async i => int.Parse((await Text(stores[1], $"count/{i}"))!, CultureInfo.InvariantCulture)));
        Assert.Equal(0, unknown); // restarts are shorter than the stores' patience
        Assert.Equal(values, acknowledged);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching.Soon());
        Assert.Equal(seen.Select(c => c.Revision).Distinct().Count(), seen.Count);
    }

    [RedisFact]
    public async Task An_operator_reads_values_revisions_and_shards_with_redis_cli()
    {
        var store = await OpenReached();
        var version = await Put(store, "site/default/edge-1", "x");
        await store.AcquireShard("operations-0001", "meo-a", TimeSpan.FromHours(1));
        Assert.Equal("\"x\"", await Server.Cli("HGET", "{mano}:values", "site/default/edge-1"));
        Assert.Equal(Number(version), await Server.Cli("HGET", "{mano}:versions", "site/default/edge-1"));
        Assert.Equal(Number(version), await Server.Cli("HGET", "{mano}:meta", "revision"));
        Assert.Matches("^1 [0-9]{13} meo-a$", await Server.Cli("HGET", "{mano}:shards", "operations-0001"));
        Assert.Equal("site/default/edge-1", await Server.Cli("ZRANGEBYLEX", "{mano}:index", "[site/", "(site0"));
    }

    [RedisFact]
    public async Task Kept_changes_are_bounded_by_their_bytes_too()
    {
        var store = await OpenReached(with: options => options with { KeptBytes = 1024 * 1024 });
        var value = new string('x', 100_000);
        for (var i = 0; i < 60; i++)
        {
            await Put(store, $"big/{i % 5}", value);
        }

        Assert.InRange(int.Parse(await Server.Cli("XLEN", "{mano}:feed"), CultureInfo.InvariantCulture), 1, 25);
        Assert.Equal(5, (await store.Scan("big/")).Entries.Count);
    }

    [RedisFact]
    public async Task A_page_ends_where_its_bytes_would_become_too_many()
    {
        var store = await OpenReached(seconds: 30);
        for (var i = 0; i < 30; i++)
        {
            await Put(store, $"big/{i:d2}", new string('x', 1_000_000));
        }

        var first = await store.Scan("big/");
        Assert.True(first.HasMore && first.Entries.Count < 30);
        var all = new List<string>();
        await foreach (var entry in store.ScanAll("big/"))
        {
            all.Add(entry.Key);
        }

        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"big/{i:d2}"), all);
    }

    /// <summary>True if acknowledged, false if it was not counted, null if that is not known.</summary>
    private static async Task<bool?> CountUp(RedisStateStore store, string key)
    {
        Entry? entry;
        try
        {
            entry = await store.Get(key);
        }
        catch (FailureException away) when (away.Failure.Kind == FailureKind.Unavailable)
        {
            return false;
        }

        var next = entry is null ? 1 : int.Parse(System.Text.Encoding.UTF8.GetString(entry.Value.Span).Trim('"'), CultureInfo.InvariantCulture) + 1;
        try
        {
            return (await store.Commit(new Batch().Put(key, System.Text.Encoding.UTF8.GetBytes($"\"{next}\""), entry?.Version ?? Batch.MustNotExist))).IsCommitted;
        }
        catch (FailureException away) when (away.Failure.Kind == FailureKind.Unavailable)
        {
            return null;
        }
    }
}
