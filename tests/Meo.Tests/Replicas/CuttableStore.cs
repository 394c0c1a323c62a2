using System.Runtime.CompilerServices;
using Mano.Mesh.Failures;
using Mano.Mesh.State;

namespace Mano.Meo.Tests.Replicas;

/// <summary>One process's way to a shared store, which can be cut: nothing passes then, as when the process is stopped or the network is gone.</summary>
internal sealed class CuttableStore(IStateStore store) : IRemoteStateStore
{
    private TaskCompletionSource open = Opened();
    private int failures;

    public StoreHealth Health => new(null, null, IsPatient: true);

    /// <summary>This many calls find the store away.</summary>
    public int Failures
    {
        get => failures;
        set => failures = value;
    }

    public async Task Reached(CancellationToken cancel)
    {
        await Task.Yield();
        await open.Task.WaitAsync(cancel);
    }

    public void Cut() => open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Mend() => open.TrySetResult();

    public async ValueTask<Entry?> Get(string key, CancellationToken cancel = default)
    {
        await Pass(cancel);
        return await store.Get(key, cancel);
    }

    public async ValueTask<Page> Scan(string prefix, string? after = null, int limit = 1000, CancellationToken cancel = default)
    {
        await Pass(cancel);
        return await store.Scan(prefix, after, limit, cancel);
    }

    public async ValueTask<CommitResult> Commit(Batch batch, CancellationToken cancel = default)
    {
        await Pass(cancel);
        return await store.Commit(batch, cancel);
    }

    public async IAsyncEnumerable<Change> Watch(string prefix, long sinceRevision, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await open.Task.WaitAsync(cancel);
        await foreach (var change in store.Watch(prefix, sinceRevision, cancel))
        {
            await open.Task.WaitAsync(cancel);
            yield return change;
        }
    }

    public async ValueTask<long> CurrentRevision(CancellationToken cancel = default)
    {
        await Pass(cancel);
        return await store.CurrentRevision(cancel);
    }

    public async ValueTask<Outcome<ShardLease>> AcquireShard(string shard, string owner, TimeSpan ttl, CancellationToken cancel = default)
    {
        await Pass(cancel);
        return await store.AcquireShard(shard, owner, ttl, cancel);
    }

    public async ValueTask<Outcome<ShardLease>> RenewShard(ShardLease lease, TimeSpan ttl, CancellationToken cancel = default)
    {
        await Pass(cancel);
        return await store.RenewShard(lease, ttl, cancel);
    }

    public async ValueTask ReleaseShard(ShardLease lease, CancellationToken cancel = default)
    {
        await open.Task.WaitAsync(cancel);
        await store.ReleaseShard(lease, cancel);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task Pass(CancellationToken cancel)
    {
        await open.Task.WaitAsync(cancel);
        if (failures > 0 && Interlocked.Decrement(ref failures) >= 0)
        {
            throw Failure.Unavailable(StateFailures.StoreUnavailable, "The store is away.").ToException();
        }
    }

    private static TaskCompletionSource Opened()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}
