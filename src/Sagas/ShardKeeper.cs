using System.Collections.Concurrent;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Logging;

namespace Mano.Sagas;

/// <summary>
/// Holds this process's share of the shards and renews them. A shard that is lost stops everything that runs under it; one that is
/// too many is given back once nothing runs under it.
/// </summary>
internal sealed class ShardKeeper(IStateStore store, SagaOptions options, TimeProvider clock, ILogger log) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, HeldShard> held = new();
    private IReadOnlyList<int> told = [];

    /// <summary>Called for each shard when it has been acquired; what is open in it can be run.</summary>
    public required Func<int, HeldShard, Task> Acquired { get; init; }

    /// <summary>Completes when nothing runs under a shard whose token was cancelled.</summary>
    public required Func<HeldShard, Task> Stopped { get; init; }

    public HeldShard? Find(int shard) => held.GetValueOrDefault(shard);

    /// <summary>
    /// One round: 1. what is held is renewed; 2. what is more than our share is given back; 3. what is free is taken, up to
    /// our share; 4. what has been taken begins to be resumed. Each all at once, so that the store groups them.
    /// </summary>
    public async Task Round(CancellationToken stop)
    {
        var most = Share(stop);
        await Task.WhenAll(held.Select(one => Guarded(one.Key, () => Renew(one.Key, one.Value, stop)))); // 1
        await GiveBackBeyond(await most, stop); // 2
        await TakeUpTo(await most, stop); // 3
        foreach (var (shard, mine) in held.Where(one => one.Value.Resuming.IsFaulted)) // 4
        {
            mine.Resuming = Acquired(shard, mine);
        }

        await Tell(stop);
    }

    /// <summary>Completes when the open operations of all shards held have been looked at.</summary>
    public Task Resumed() => Task.WhenAll(held.Select(one => Guarded(one.Key, () => one.Value.Resuming)));

    /// <summary>A round at every third of the lease's time, or when the share says so, until stopped.</summary>
    public async Task KeepRounds(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.LeaseTime / 3, clock);
        var due = timer.WaitForNextTickAsync(stop).AsTask();
        var changed = options.Share.Changed(stop);
        while (true)
        {
            if (await Task.WhenAny(due, changed) == due)
            {
                await due;
                due = timer.WaitForNextTickAsync(stop).AsTask();
            }
            else
            {
                await changed;
                changed = options.Share.Changed(stop);
            }

            await Round(stop);
        }
    }

    /// <summary>Stops everything that runs under the shard, unless it has been acquired anew since. Says whether it was held until now.</summary>
    public bool Lose(int shard, HeldShard lost)
    {
        if (!held.TryRemove(new(shard, lost)))
        {
            return false;
        }

        Log.ShardLost(log, lost.Lease.Shard);
        _ = lost.Stop.CancelAsync();
        return true;
    }

    /// <summary>Gives the shards back, so that others need not wait for the leases to end.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(held.Values.Select(Release));
        held.Clear();
        await Tell(CancellationToken.None);
    }

    private async Task<int> Share(CancellationToken stop)
    {
        try
        {
            return await options.Share.Most(options.Shards, stop);
        }
        catch (FailureException away)
        {
            Log.ShardTrouble(log, "operations", options.LeaseTime / 3, away.Failure);
            return held.Count;
        }
    }

    private async Task GiveBackBeyond(int most, CancellationToken stop)
    {
        // The highest first: replicas that start from different places then keep what they began with.
        var surplus = InOrder().Where(held.ContainsKey).Skip(most).ToList();
        await Task.WhenAll(surplus.Select(shard => Guarded(shard, () => GiveBack(shard, stop))));
    }

    private async Task GiveBack(int shard, CancellationToken stop)
    {
        if (!held.TryRemove(shard, out var surplus))
        {
            return;
        }

        await surplus.Stop.CancelAsync();
        try
        {
            // In real time, whatever the clock of the operations does, and not so long that the others' leases end meanwhile.
            // Beyond it, the fence keeps a step that does not stop from harm.
            await Stopped(surplus).WaitAsync(options.LeaseTime / 3, TimeProvider.System, stop);
        }
        catch (TimeoutException)
        {
            Log.StepsIgnoreStop(log, surplus.Lease.Shard);
        }

        await Release(surplus);
        Log.ShardGivenBack(log, surplus.Lease.Shard);
    }

    private async Task TakeUpTo(int most, CancellationToken stop)
    {
        var wanted = new Queue<int>(InOrder().Where(shard => !held.ContainsKey(shard)));
        while (wanted.Count > 0 && most - held.Count is > 0 and var room)
        {
            var next = Enumerable.Range(0, Math.Min(room, wanted.Count)).Select(_ => wanted.Dequeue()).ToList();
            await Task.WhenAll(next.Select(shard => Guarded(shard, () => Acquire(shard, stop))));
        }
    }

    /// <summary>All shards, from a place of this owner's own: replicas that start together seldom reach for the same one.</summary>
    private IEnumerable<int> InOrder()
    {
        var first = (int)(OperationKeys.StableHash(options.Owner) % (uint)options.Shards);
        return Enumerable.Range(0, options.Shards).Select(i => (first + i) % options.Shards);
    }

    private async Task Tell(CancellationToken stop)
    {
        var now = held.Keys.Order().ToList();
        if (now.SequenceEqual(told))
        {
            return;
        }

        try
        {
            await options.Share.Holding(now, stop);
            told = now;
        }
        catch (FailureException away)
        {
            Log.ShardTrouble(log, "operations", options.LeaseTime / 3, away.Failure);
        }
    }

    private async Task Release(HeldShard shard)
    {
        try
        {
            await store.ReleaseShard(shard.Lease);
        }
        catch (FailureException away)
        {
            Log.ShardTrouble(log, shard.Lease.Shard, options.LeaseTime, away.Failure);
        }

        shard.Stop.Dispose();
    }

    private async Task Guarded(int shard, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (FailureException away)
        {
            // The lease may end meanwhile; the fence keeps that harmless.
            Log.ShardTrouble(log, OperationKeys.ShardName(shard), options.LeaseTime / 3, away.Failure);
        }
    }

    private async Task Renew(int shard, HeldShard mine, CancellationToken stop)
    {
        if ((await store.RenewShard(mine.Lease, options.LeaseTime, stop)).TryGet(out var renewed, out _))
        {
            mine.Lease = renewed;
        }
        else
        {
            Lose(shard, mine);
        }
    }

    private async Task Acquire(int shard, CancellationToken stop)
    {
        var name = OperationKeys.ShardName(shard);
        if ((await store.AcquireShard(name, options.Owner, options.LeaseTime, stop)).TryGet(out var lease, out _))
        {
            held[shard] = new HeldShard(lease, CancellationTokenSource.CreateLinkedTokenSource(stop));
            Log.ShardHeld(log, options.Owner, name, lease.Epoch);
        }
    }
}
