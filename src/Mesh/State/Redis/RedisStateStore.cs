using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mano.Mesh.Failures;
using Mano.Mesh.Ids;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Mano.Mesh.State.Redis;

/// <summary>
/// The state store on a Redis that all replicas of a process share (docs/theory/state-store.md). While Redis is away every
/// method waits for it, for at most <see cref="RedisStoreOptions.Timeout"/>, and then throws Unavailable; watches wait on.
/// A commit is asked again by the store itself, under one id, so that it happens once.
/// </summary>
public sealed class RedisStateStore : IRemoteStateStore
{
    private const int PageBytes = 16 * 1024 * 1024;

    private readonly RedisStoreOptions options;
    private readonly TimeProvider clock;
    private readonly SeenRevision seen = new();
    private readonly StoreIdentity identity;
    private readonly RedisMetrics metrics;
    private readonly RedisLink link;
    private readonly RedisCalls calls;
    private readonly RedisShards shards;
    private readonly ChangeFeed feed = new(0);
    private readonly FeedReader reader;
    private readonly FeedFollower follower;
    private readonly string client;
    private long committed;

    private RedisStateStore(RedisStoreOptions options, TimeProvider clock, ILogger logger, IIdSource ids)
    {
        this.options = options;
        this.clock = clock;
        client = ids.NewId();
        identity = new(options.IdentityFile, ids.NewId());
        metrics = new(clock);
        var dialer = new RedisDialer(options, clock, RedisKeys.Of(options.Prefix, client), seen, identity);
        link = new(options, clock, dialer, seen, identity, metrics, logger);
        calls = new(options, clock, link, seen, identity);
        shards = new(calls, clock, seen, identity);
        reader = new(calls, seen, identity);
        follower = new(reader, feed, clock, logger);
    }

    public StoreHealth Health => link.Health;

    /// <summary>
    /// Opens the store; returns at once, whether Redis is there or not. Makes the store if Redis has none of that name and
    /// this process has never seen it.
    /// </summary>
    /// <param name="ids">Names this client and, if need be, the store. The default makes GUIDs.</param>
    public static RedisStateStore Open(RedisStoreOptions options, TimeProvider clock, ILoggerFactory loggers, IIdSource? ids = null)
    {
        var store = new RedisStateStore(options, clock, loggers.CreateLogger<RedisStateStore>(), ids ?? new GuidIds(clock));
        store.link.Start(store.follower.Wake);
        store.follower.Start(store.CurrentRevision);
        return store;
    }

    public async Task Reached(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                await CurrentRevision(cancel);
                return;
            }
            catch (FailureException away) when (away.Failure.Kind == FailureKind.Unavailable)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancel);
            }
        }
    }

    public async ValueTask<Entry?> Get(string key, CancellationToken cancel = default)
    {
        StateKeys.Check(key);
        var reply = await calls.Run(RedisScript.Get, (_, _) => [identity.Known, seen.Revision, key], cancel);
        seen.Saw((long)reply[1]);
        return reply[2].IsNull ? null : new(key, (byte[])reply[3]! ?? throw Corrupt(key), (long)reply[2]);
    }

    public async ValueTask<Page> Scan(string prefix, string? after = null, int limit = 1000, CancellationToken cancel = default)
    {
        StateKeys.CheckPrefix(prefix);
        ScanLimits.Check(limit);
        var from = after is not null && string.CompareOrdinal(after, prefix) >= 0 ? $"({after}" : $"[{prefix}";
        var to = $"({StateKeys.EndOf(prefix)}";
        var reply = await calls.Run(RedisScript.Scan, (_, _) => [identity.Known, seen.Revision, from, to, limit, PageBytes], cancel);
        if ((string?)reply[0] == "CORRUPT")
        {
            throw Corrupt((string)reply[1]!);
        }

        var revision = (long)reply[1];
        seen.Saw(revision);
        var entries = new List<Entry>((reply.Length - 3) / 3);
        for (var i = 3; i < reply.Length; i += 3)
        {
            entries.Add(new((string)reply[i]!, (byte[])reply[i + 2]!, (long)reply[i + 1]));
        }

        return new(entries, revision, (long)reply[2] == 1);
    }

    public async ValueTask<CommitResult> Commit(Batch batch, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        var started = clock.GetTimestamp();
        try
        {
            var result = await CommitOnce(batch);
            metrics.Committed(result.IsCommitted ? "committed" : "refused", started);
            return result;
        }
        catch (FailureException)
        {
            metrics.Committed("unavailable", started);
            throw;
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
        if (sinceRevision > feed.Current && await CurrentRevision(cancel) is var current && sinceRevision > current)
        {
            throw StateFailures.Ahead(sinceRevision, current).ToException();
        }

        var found = new List<Change>();
        for (var cursor = sinceRevision; ;)
        {
            found.Clear();
            if (!feed.TryRead(cursor, prefix, found, out var upTo))
            {
                (var changes, upTo) = await CatchUp(cursor, patient: cursor > sinceRevision, cancel);
                found.AddRange(changes.Where(change => change.Key.StartsWith(prefix, StringComparison.Ordinal)));
            }

            yield return new(found, upTo);
            cursor = await feed.WaitBeyond(upTo, wakenBy, cancel);
        }
    }

    public async ValueTask<long> CurrentRevision(CancellationToken cancel = default)
    {
        var reply = await calls.Run(RedisScript.Probe, (session, _) => [identity.Known, seen.Revision, session.Number, (long)RedisDialer.SessionLife.TotalMilliseconds], cancel);
        var revision = (long)reply[1];
        seen.Saw(revision);
        return revision;
    }

    public async ValueTask<Outcome<ShardLease>> AcquireShard(string shard, string owner, TimeSpan ttl, CancellationToken cancel = default) =>
        await shards.Acquire(shard, owner, ttl, cancel);

    public async ValueTask<Outcome<ShardLease>> RenewShard(ShardLease lease, TimeSpan ttl, CancellationToken cancel = default) =>
        await shards.Renew(lease, ttl, cancel);

    public async ValueTask ReleaseShard(ShardLease lease, CancellationToken cancel = default) => await shards.Release(lease, cancel);

    public async ValueTask DisposeAsync()
    {
        feed.Close();
        await follower.DisposeAsync();
        await link.DisposeAsync();
        metrics.Dispose();
    }

    /// <summary>Reads what the feed in memory no longer has. A watch that has begun lives through an outage.</summary>
    private async Task<(List<Change> Changes, long UpTo)> CatchUp(long cursor, bool patient, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                var (changes, upTo, _) = await reader.Read(cursor, cancel);
                return (changes, upTo);
            }
            catch (FailureException away) when (patient && away.Failure.Reason == StateFailures.StoreUnavailable)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancel);
            }
        }
    }

    private static RedisValue Bytes(ReadOnlyMemory<byte> value) =>
        MemoryMarshal.TryGetArray(value, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : value.ToArray();

    private static FailureException Corrupt(string key) => new Failure(
        FailureKind.Corrupt, StateFailures.StoreCorrupt, $"{key} has a version but no value, or the reverse: somebody changed the store's keys by hand.", key).ToException();

    private async Task<CommitResult> CommitOnce(Batch batch)
    {
        var before = seen.Revision;
        var commit = $"{client}/{Interlocked.Increment(ref committed)}";
        var reply = await calls.Run(RedisScript.Commit, (session, sent) => Arguments(batch, session, commit, sent == 0 ? "" : before), CancellationToken.None);
        switch ((string?)reply[0])
        {
            case "OK":
                var revision = (long)reply[1];
                if (reply.Length > 2)
                {
                    seen.Saw(revision, commit);
                }

                if (revision > feed.Current)
                {
                    follower.Wake();
                }

                return CommitResult.At(revision);
            case "STALE":
                return CommitResult.Stale(batch.Fence!.Value, (long)reply[1]);
            case "UNKNOWN":
                throw RedisFailures.Unknown(new RedisFailures(options).Away("so many others committed meanwhile that this commit is no longer remembered.")).ToException();
            default:
                return CommitResult.Refused(Conflicts(batch, reply));
        }
    }

    private RedisValue[] Arguments(Batch batch, RedisSession session, string commit, RedisValue retriedSince)
    {
        var arguments = new RedisValue[9 + (4 * batch.Items.Count)];
        RedisValue[] head =
        [
            identity.Known, seen.Revision, session.Number, commit, retriedSince,
            batch.Fence?.Shard ?? "", batch.Fence?.Epoch ?? 0, options.KeptCommits, options.KeptBytes,
        ];
        head.CopyTo(arguments, 0);
        for (var i = 0; i < batch.Items.Count; i++)
        {
            var item = batch.Items[i];
            var at = 9 + (4 * i);
            arguments[at] = item.Action switch { BatchAction.Put => "P", BatchAction.Delete => "D", _ => "C" };
            arguments[at + 1] = item.Key;
            arguments[at + 2] = item.Expected;
            arguments[at + 3] = item.Action == BatchAction.Put ? Bytes(item.Value) : "";
        }

        return arguments;
    }

    private static List<KeyConflict> Conflicts(Batch batch, RedisResult[] reply)
    {
        var conflicts = new List<KeyConflict>();
        for (var i = 1; i < reply.Length; i += 2)
        {
            var item = batch.Items[(int)reply[i] - 1];
            conflicts.Add(new(item.Key, item.Expected, (long)reply[i + 1]));
        }

        return conflicts;
    }
}
