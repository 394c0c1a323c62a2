using Mano.Mesh.Failures;
using Mano.Mesh.State;

namespace Mano.Sagas.Tests;

/// <summary>A store that counts commits, and can lose its answers or be late with them.</summary>
internal sealed class CountingStore(IStateStore inner) : IStateStore
{
    private int commits;

    public int Commits => commits;

    /// <summary>For the n-th commit from now on: true to lose the answer after committing, false to fail before.</summary>
    public Func<int, bool?> Trouble { get; set; } = _ => null;

    /// <summary>What the answer to the n-th commit waits for, once that is made.</summary>
    public Func<int, Task> Hold { get; set; } = _ => Task.CompletedTask;

    public ValueTask<Entry?> Get(string key, CancellationToken cancel = default) => inner.Get(key, cancel);

    public ValueTask<Page> Scan(string prefix, string? after = null, int limit = 1000, CancellationToken cancel = default) =>
        inner.Scan(prefix, after, limit, cancel);

    public async ValueTask<CommitResult> Commit(Batch batch, CancellationToken cancel = default)
    {
        var number = Interlocked.Increment(ref commits);
        var trouble = Trouble(number);
        var result = trouble is false ? null : await inner.Commit(batch, cancel);
        await Hold(number);
        return trouble is null ? result! : throw Failure.Unavailable("STORE_UNAVAILABLE", "The store did not answer.").ToException();
    }

    public IAsyncEnumerable<Change> Watch(string prefix, long sinceRevision, CancellationToken cancel = default) =>
        inner.Watch(prefix, sinceRevision, cancel);

    public ValueTask<long> CurrentRevision(CancellationToken cancel = default) => inner.CurrentRevision(cancel);

    public ValueTask<Outcome<ShardLease>> AcquireShard(string shard, string owner, TimeSpan ttl, CancellationToken cancel = default) =>
        inner.AcquireShard(shard, owner, ttl, cancel);

    public ValueTask<Outcome<ShardLease>> RenewShard(ShardLease lease, TimeSpan ttl, CancellationToken cancel = default) =>
        inner.RenewShard(lease, ttl, cancel);

    public ValueTask ReleaseShard(ShardLease lease, CancellationToken cancel = default) => inner.ReleaseShard(lease, cancel);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
