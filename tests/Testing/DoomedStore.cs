using Mano.Mesh.Failures;
using Mano.Mesh.State;

namespace Mano.Testing;

/// <summary>A process's view of a store that outlives it: once the process is killed, nothing it still does reaches the store.</summary>
public sealed class DoomedStore(IStateStore survivor) : IStateStore
{
    private readonly CancellationTokenSource killed = new();

    public bool IsKilled => killed.IsCancellationRequested;

    public void Kill() => killed.Cancel();

    public async ValueTask<Entry?> Get(string key, CancellationToken cancel = default)
    {
        await StopIfKilled(cancel);
        return await survivor.Get(key, cancel);
    }

    public async ValueTask<Page> Scan(string prefix, string? after = null, int limit = 1000, CancellationToken cancel = default)
    {
        await StopIfKilled(cancel);
        return await survivor.Scan(prefix, after, limit, cancel);
    }

    public async ValueTask<CommitResult> Commit(Batch batch, CancellationToken cancel = default)
    {
        await StopIfKilled(cancel);
        return await survivor.Commit(batch, cancel);
    }

    public async IAsyncEnumerable<Change> Watch(
        string prefix, long sinceRevision, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel = default)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, killed.Token);
        await foreach (var change in survivor.Watch(prefix, sinceRevision, both.Token))
        {
            yield return change;
        }
    }

    public async ValueTask<long> CurrentRevision(CancellationToken cancel = default)
    {
        await StopIfKilled(cancel);
        return await survivor.CurrentRevision(cancel);
    }

    public async ValueTask<Outcome<ShardLease>> AcquireShard(string shard, string owner, TimeSpan ttl, CancellationToken cancel = default)
    {
        await StopIfKilled(cancel);
        return await survivor.AcquireShard(shard, owner, ttl, cancel);
    }

    public async ValueTask<Outcome<ShardLease>> RenewShard(ShardLease lease, TimeSpan ttl, CancellationToken cancel = default)
    {
        await StopIfKilled(cancel);
        return await survivor.RenewShard(lease, ttl, cancel);
    }

    public ValueTask ReleaseShard(ShardLease lease, CancellationToken cancel = default) =>
        IsKilled ? ValueTask.CompletedTask : survivor.ReleaseShard(lease, cancel);

    public ValueTask DisposeAsync()
    {
        killed.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A killed process does not see an error either: it simply does not go on. Its remains end when they are cancelled.</summary>
    private async ValueTask StopIfKilled(CancellationToken cancel)
    {
        if (IsKilled)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
        }
    }
}
