using System.Collections.Concurrent;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Logging;

namespace Mano.Sagas;

/// <summary>Holds as many shards as it can get, and renews them; a shard that is lost stops everything that runs under it.</summary>
internal sealed class ShardKeeper(IStateStore store, SagaOptions options, TimeProvider clock, ILogger log) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, HeldShard> held = new();

    /// <summary>Called for each shard when it has been acquired; what is open in it can be run.</summary>
    public required Func<int, HeldShard, Task> Acquired { get; init; }

    public HeldShard? Find(int shard) => held.GetValueOrDefault(shard);

    /// <summary>One round: renews what is held and tries for what is not. All at once, so that the store groups them.</summary>
    public Task Round(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, options.Shards).Select(shard => Keep(shard, stop)));

    /// <summary>A round at every third of the lease's time, until stopped.</summary>
    public async Task KeepRounds(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.LeaseTime / 3, clock);
        while (await timer.WaitForNextTickAsync(stop))
        {
            await Round(stop);
        }
    }

    /// <summary>Stops everything that runs under the shard. Says whether it was held until now.</summary>
    public bool Lose(int shard)
    {
        if (!held.TryRemove(shard, out var lost))
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

    private async Task Keep(int shard, CancellationToken stop)
    {
        try
        {
            if (held.TryGetValue(shard, out var mine))
            {
                await Renew(shard, mine, stop);
            }

            if (!held.ContainsKey(shard))
            {
                await Acquire(shard, stop);
            }
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
            Lose(shard);
        }
    }

    private async Task Acquire(int shard, CancellationToken stop)
    {
        var name = OperationKeys.ShardName(shard);
        if ((await store.AcquireShard(name, options.Owner, options.LeaseTime, stop)).TryGet(out var lease, out _))
        {
            var mine = new HeldShard(lease, CancellationTokenSource.CreateLinkedTokenSource(stop));
            held[shard] = mine;
            Log.ShardHeld(log, options.Owner, name, lease.Epoch);
            await Acquired(shard, mine);
        }
    }
}

/// <summary>A shard that this process owns, until it stops or loses it.</summary>
internal sealed class HeldShard(ShardLease lease, CancellationTokenSource stop)
{
    public ShardLease Lease { get; set; } = lease;

    /// <summary>Cancelled when the shard is lost or the process stops.</summary>
    public CancellationTokenSource Stop { get; } = stop;
}
