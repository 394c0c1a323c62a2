using System.Runtime.CompilerServices;
using Mano.Mesh.Failures;

namespace Mano.Mesh.State.InMemory;

/// <summary>
/// The state store without durability: for tests, and the plainest reading of the contract. One lock, everything in memory.
/// </summary>
public sealed class MemoryStateStore(TimeProvider clock, int retainedRevisions = 50_000) : IStateStore
{
    private static readonly IComparer<Entry> ByKey = Comparer<Entry>.Create((a, b) => string.CompareOrdinal(a.Key, b.Key));

    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly SortedSet<Entry> sorted = new(ByKey);
    private readonly List<Change> history = [];
    private readonly Dictionary<string, ShardLease> shards = new(StringComparer.Ordinal);
    private readonly ChangeFeed feed = new(0);
    private long revision;
    private long compacted;

    public ValueTask<Entry?> Get(string key, CancellationToken cancel = default)
    {
        StateKeys.Check(key);
        lock (gate)
        {
            return new(entries.GetValueOrDefault(key));
        }
    }

    public ValueTask<Page> Scan(string prefix, string? after = null, int limit = 1000, CancellationToken cancel = default)
    {
        StateKeys.CheckPrefix(prefix);
        ScanLimits.Check(limit);
        var from = after is not null && string.CompareOrdinal(after, prefix) > 0 ? after : prefix;
        lock (gate)
        {
            var found = sorted.GetViewBetween(new(from, default, 0), new(StateKeys.EndOf(prefix), default, 0))
                .Where(entry => entry.Key != after)
                .Take(limit + 1)
                .ToList();
            return new(new Page(found.Count > limit ? found[..limit] : found, revision, found.Count > limit));
        }
    }

    public ValueTask<CommitResult> Commit(Batch batch, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        lock (gate)
        {
            if (batch.Fence is { } fence && EpochOf(fence.Shard) is var epoch && epoch != fence.Epoch)
            {
                return new(CommitResult.Stale(fence, epoch));
            }

            var conflicts = batch.Items
                .Where(item => item.Expected != Batch.Any && item.Expected != VersionOf(item.Key))
                .Select(item => new KeyConflict(item.Key, item.Expected, VersionOf(item.Key)))
                .ToList();
            return new(conflicts.Count > 0 ? CommitResult.Refused(conflicts) : CommitResult.At(Apply(batch)));
        }
    }

    public async IAsyncEnumerable<Change> Watch(string prefix, long sinceRevision, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await foreach (var batch in Batches(prefix, wakenBy: prefix, sinceRevision, cancel))
        {
            foreach (var change in batch.Changes)
            {
                yield return change;
            }
        }
    }

    public IAsyncEnumerable<ChangeBatch> Follow(string prefix, long sinceRevision, bool toldWhenQuiet, CancellationToken cancel = default) =>
        Batches(prefix, wakenBy: toldWhenQuiet ? "" : prefix, sinceRevision, cancel);

    /// <summary>Whoever only wants the changes sleeps until there are some; whoever also wants to know how far it was quiet, until any commit.</summary>
    private async IAsyncEnumerable<ChangeBatch> Batches(string prefix, string wakenBy, long sinceRevision, [EnumeratorCancellation] CancellationToken cancel)
    {
        StateKeys.CheckPrefix(prefix);
        for (var cursor = sinceRevision; ;)
        {
            var (changes, upTo) = ReadAfter(cursor, prefix);
            yield return new(changes, upTo);
            cursor = await feed.WaitBeyond(upTo, wakenBy, cancel);
        }
    }

    public ValueTask<long> CurrentRevision(CancellationToken cancel = default)
    {
        lock (gate)
        {
            return new(revision);
        }
    }

    public ValueTask<Outcome<ShardLease>> AcquireShard(string shard, string owner, TimeSpan ttl, CancellationToken cancel = default)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            var held = shards.GetValueOrDefault(shard);
            if (held is not null && held.Owner != owner && held.ExpiresAt > now)
            {
                return new(StateFailures.Held(shard, held.Owner, held.ExpiresAt));
            }

            return new(shards[shard] = new(shard, owner, EpochOf(shard) + 1, now + ttl));
        }
    }

    public ValueTask<Outcome<ShardLease>> RenewShard(ShardLease lease, TimeSpan ttl, CancellationToken cancel = default)
    {
        lock (gate)
        {
            return EpochOf(lease.Shard) == lease.Epoch
                ? new(shards[lease.Shard] = lease with { ExpiresAt = clock.GetUtcNow() + ttl })
                : new(StateFailures.Stale(lease.Fence, EpochOf(lease.Shard)));
        }
    }

    public ValueTask ReleaseShard(ShardLease lease, CancellationToken cancel = default)
    {
        lock (gate)
        {
            if (EpochOf(lease.Shard) == lease.Epoch)
            {
                shards[lease.Shard] = lease with { ExpiresAt = DateTimeOffset.MinValue };
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        feed.Close();
        return ValueTask.CompletedTask;
    }

    private long EpochOf(string shard) => shards.GetValueOrDefault(shard)?.Epoch ?? 0;

    private long VersionOf(string key) => entries.GetValueOrDefault(key)?.Version ?? 0;

    private long Apply(Batch batch)
    {
        var changes = batch.Items
            .Where(item => item.Action == BatchAction.Put || (item.Action == BatchAction.Delete && entries.ContainsKey(item.Key)))
            .Select(item => new Change(revision + 1, item.Key, item.Written))
            .ToList();
        if (changes.Count == 0)
        {
            return revision;
        }

        revision++;
        foreach (var change in changes)
        {
            if (entries.Remove(change.Key, out var old))
            {
                sorted.Remove(old);
            }

            if (change.Value is { } value)
            {
                sorted.Add(entries[change.Key] = new(change.Key, value, revision));
            }
        }

        history.AddRange(changes);
        Compact();
        feed.Publish(changes, revision);
        return revision;
    }

    private (List<Change> Changes, long UpTo) ReadAfter(long cursor, string prefix)
    {
        lock (gate)
        {
            if (cursor > revision)
            {
                throw StateFailures.Ahead(cursor, revision).ToException();
            }

            if (cursor < compacted)
            {
                throw StateFailures.Compacted(cursor, compacted).ToException();
            }

            var found = new List<Change>();
            if (!feed.TryRead(cursor, prefix, found, out _))
            {
                found.AddRange(history.Where(c => c.Revision > cursor && c.Key.StartsWith(prefix, StringComparison.Ordinal)));
            }

            return (found, revision);
        }
    }

    private void Compact()
    {
        if (revision - compacted > retainedRevisions * 2L)
        {
            compacted = revision - retainedRevisions;
            history.RemoveAll(change => change.Revision <= compacted);
        }
    }
}
