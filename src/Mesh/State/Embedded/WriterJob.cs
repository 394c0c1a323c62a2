using Mano.Mesh.Failures;

namespace Mano.Mesh.State.Embedded;

/// <summary>Something the writer does inside its transaction.</summary>
internal abstract class WriterJob
{
    /// <summary>Checks, then writes or does not. Adds what it changed to the list.</summary>
    public abstract void Write(SqliteConnection connection, WriterState state, List<Change> changes);

    /// <summary>The transaction is durable: answer.</summary>
    public abstract void Succeed();

    /// <summary>The transaction was rolled back: nothing of this job happened.</summary>
    public abstract void Fail(Exception why);
}

internal abstract class WriterJob<T> : WriterJob
{
    private readonly TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? result;

    public Task<T> Answer => answer.Task;

    public sealed override void Write(SqliteConnection connection, WriterState state, List<Change> changes) =>
        result = Do(connection, state, changes);

    public sealed override void Succeed() => answer.SetResult(result!);

    public sealed override void Fail(Exception why) => answer.SetException(why);

    protected abstract T Do(SqliteConnection connection, WriterState state, List<Change> changes);

    protected static long EpochOf(SqliteConnection connection, string shard) =>
        connection.Prepared("SELECT epoch FROM shards WHERE shard = ?").Bind(1, shard).Number() ?? 0;
}

/// <summary>One batch.</summary>
internal sealed class CommitJob(Batch batch) : WriterJob<CommitResult>
{
    protected override CommitResult Do(SqliteConnection connection, WriterState state, List<Change> changes)
    {
        if (batch.Fence is { } fence && EpochOf(connection, fence.Shard) is var epoch && epoch != fence.Epoch)
        {
            return CommitResult.Stale(fence, epoch);
        }

        var (items, conflicts) = (batch.Items, default(List<KeyConflict>));
        Span<long> present = stackalloc long[items.Count];
        for (var i = 0; i < items.Count; i++)
        {
            present[i] = connection.Prepared("SELECT seq FROM heads WHERE key = ?").Bind(1, items[i].Key).Number() ?? 0;
            var version = Schema.Revision(present[i]);
            if (items[i].Expected != Batch.Any && items[i].Expected != version)
            {
                (conflicts ??= []).Add(new(items[i].Key, items[i].Expected, version));
            }
        }

        return conflicts is null ? CommitResult.At(Apply(connection, state, changes, present)) : CommitResult.Refused(conflicts);
    }

    private long Apply(SqliteConnection connection, WriterState state, List<Change> changes, ReadOnlySpan<long> present)
    {
        var (revision, place) = (state.Revision + 1, 0);
        for (var i = 0; i < batch.Items.Count; i++)
        {
            var item = batch.Items[i];
            if (item.Action == BatchAction.Check || (item.Action == BatchAction.Delete && present[i] == 0))
            {
                continue;
            }

            ForgetCompacted(connection, state, present[i]);
            WriteOne(connection, item, Schema.Seq(revision, place++));
            changes.Add(new(revision, item.Key, item.Written));
        }

        return state.Revision = place > 0 ? revision : state.Revision;
    }

    /// <summary>A value older than the kept history goes the moment it is replaced: compaction does not come back for it.</summary>
    private static void ForgetCompacted(SqliteConnection connection, WriterState state, long seq)
    {
        if (seq != 0 && Schema.Revision(seq) <= state.Compacted)
        {
            connection.Prepared("DELETE FROM history WHERE seq = ?").Bind(1, seq).Run();
        }
    }

    private static void WriteOne(SqliteConnection connection, BatchItem item, long seq)
    {
        var insert = connection.Prepared("INSERT INTO history (seq, key, value) VALUES (?, ?, ?)").Bind(1, seq).Bind(2, item.Key);
        if (item.Action == BatchAction.Put)
        {
            insert.Bind(3, item.Value.Span).Run();
            connection.Prepared("INSERT INTO heads (key, seq) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET seq = excluded.seq")
                .Bind(1, item.Key).Bind(2, seq).Run();
        }
        else
        {
            insert.BindNull(3).Run();
            connection.Prepared("DELETE FROM heads WHERE key = ?").Bind(1, item.Key).Run();
        }
    }
}

/// <summary>Takes a shard; see <see cref="IStateStore.AcquireShard"/>.</summary>
internal sealed class AcquireShardJob(string shard, string owner, DateTimeOffset now, TimeSpan ttl) : WriterJob<Outcome<ShardLease>>
{
    protected override Outcome<ShardLease> Do(SqliteConnection connection, WriterState state, List<Change> changes)
    {
        var epoch = 0L;
        var held = connection.Prepared("SELECT epoch, owner, expires_ms FROM shards WHERE shard = ?").Bind(1, shard);
        if (held.Step())
        {
            (epoch, var holder, var until) = (held.Int64(0), held.Text(1), DateTimeOffset.FromUnixTimeMilliseconds(held.Int64(2)));
            held.Reset();
            if (holder != owner && until > now)
            {
                return StateFailures.Held(shard, holder, until);
            }
        }

        var lease = new ShardLease(shard, owner, epoch + 1, now + ttl);
        connection.Prepared(
                "INSERT INTO shards (shard, owner, epoch, expires_ms) VALUES (?, ?, ?, ?) ON CONFLICT (shard) DO UPDATE SET owner = excluded.owner, epoch = excluded.epoch, expires_ms = excluded.expires_ms")
            .Bind(1, shard).Bind(2, owner).Bind(3, lease.Epoch).Bind(4, lease.ExpiresAt.ToUnixTimeMilliseconds()).Run();
        return lease;
    }
}

/// <summary>Moves a lease's end, if the lease is still the shard's newest.</summary>
internal sealed class ExtendShardJob(ShardLease lease, DateTimeOffset until) : WriterJob<Outcome<ShardLease>>
{
    protected override Outcome<ShardLease> Do(SqliteConnection connection, WriterState state, List<Change> changes)
    {
        if (EpochOf(connection, lease.Shard) is var epoch && epoch != lease.Epoch)
        {
            return StateFailures.Stale(lease.Fence, epoch);
        }

        connection.Prepared("UPDATE shards SET expires_ms = ? WHERE shard = ?")
            .Bind(1, until.ToUnixTimeMilliseconds()).Bind(2, lease.Shard).Run();
        return lease with { ExpiresAt = until };
    }
}
