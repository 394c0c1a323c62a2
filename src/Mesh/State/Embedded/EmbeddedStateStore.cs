using System.Runtime.CompilerServices;
using Mano.Mesh.Failures;

namespace Mano.Mesh.State.Embedded;

/// <summary>
/// The state store in one SQLite file, for a process that has its state to itself: a single MEO, every MEPM, every platform.
/// One writer thread groups commits; readers have connections of their own and never wait for it (WAL).
/// </summary>
public sealed class EmbeddedStateStore : IStateStore
{
    private readonly FileLock fileLock;
    private readonly TimeProvider clock;
    private readonly ReaderPool readers;
    private readonly StoreWriter writer;
    private readonly ChangeFeed feed;

    private EmbeddedStateStore(FileLock fileLock, SqliteConnection connection, EmbeddedStoreOptions options, TimeProvider clock)
    {
        this.fileLock = fileLock;
        this.clock = clock;
        readers = new(options.Path);
        var state = new WriterState
        {
            Revision = Schema.Revision(connection.Prepared("SELECT max(seq) FROM history").Number() ?? 0),
            Compacted = connection.Prepared("SELECT revision FROM compaction").Number() ?? 0,
        };
        feed = new(state.Revision);
        writer = new(connection, options, state, feed);
    }

    /// <summary>
    /// Opens or makes the file. Throws <see cref="FailureException"/> with one sentence when it is in use (STORE_LOCKED, naming the
    /// holder), damaged (STORE_CORRUPT), of another version or program (STORE_SCHEMA), or out of reach (STORE_UNAVAILABLE).
    /// </summary>
    public static EmbeddedStateStore Open(EmbeddedStoreOptions options, TimeProvider clock)
    {
        var full = options with { Path = Path.GetFullPath(options.Path) };
        MakeFolder(full.Path);
        var fileLock = FileLock.Take(full.Path, clock);
        SqliteConnection? connection = null;
        try
        {
            connection = new(full.Path, readOnly: false);
            Schema.Prepare(connection, full);
            return new(fileLock, connection, full, clock);
        }
        catch
        {
            connection?.Dispose();
            fileLock.Dispose();
            throw;
        }
    }

    public ValueTask<Entry?> Get(string key, CancellationToken cancel = default)
    {
        StateKeys.Check(key);
        return new(readers.Read(key, static (connection, key) =>
        {
            var row = connection.Prepared("SELECT h.seq, h.value FROM heads JOIN history h USING (seq) WHERE heads.key = ?").Bind(1, key);
            if (!row.Step())
            {
                return null;
            }

            var entry = new Entry(key, row.Utf8(1), Schema.Revision(row.Int64(0)));
            row.Reset();
            return entry;
        }));
    }

    public ValueTask<Page> Scan(string prefix, string? after = null, int limit = 1000, CancellationToken cancel = default)
    {
        StateKeys.CheckPrefix(prefix);
        ScanLimits.Check(limit);
        var from = after is not null && string.CompareOrdinal(after, prefix) >= 0 ? after : null;
        return new(readers.ReadConsistently((prefix, from, limit), static (connection, ask) =>
        {
            var revision = Schema.Revision(connection.Prepared("SELECT max(seq) FROM history").Number() ?? 0);
            var sql = ask.from is null
                ? "SELECT heads.key, h.seq, h.value FROM heads JOIN history h USING (seq) WHERE heads.key >= ? AND heads.key < ? ORDER BY heads.key LIMIT ?"
                : "SELECT heads.key, h.seq, h.value FROM heads JOIN history h USING (seq) WHERE heads.key > ? AND heads.key < ? ORDER BY heads.key LIMIT ?";
            var rows = connection.Prepared(sql).Bind(1, ask.from ?? ask.prefix).Bind(2, StateKeys.EndOf(ask.prefix)).Bind(3, ask.limit + 1);
            var found = new List<Entry>();
            while (rows.Step())
            {
                found.Add(new(rows.Text(0), rows.Utf8(2), Schema.Revision(rows.Int64(1))));
            }

            return new Page(found.Count > ask.limit ? found[..ask.limit] : found, revision, found.Count > ask.limit);
        }));
    }

    public ValueTask<CommitResult> Commit(Batch batch, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        return new(writer.Enqueue(new CommitJob(batch)));
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
        if (sinceRevision > feed.Current && StoredRevision() is var stored && sinceRevision > stored)
        {
            throw StateFailures.Ahead(sinceRevision, stored).ToException();
        }

        var found = new List<Change>();
        for (var cursor = sinceRevision; ;)
        {
            found.Clear();
            if (!feed.TryRead(cursor, prefix, found, out var upTo))
            {
                upTo = readers.ReadConsistently((prefix, cursor, found), static (connection, ask) => HistoryReader.Read(connection, ask.prefix, ask.cursor, ask.found));
            }

            yield return new(found, upTo);
            cursor = await feed.WaitBeyond(upTo, wakenBy, cancel);
        }
    }

    public ValueTask<long> CurrentRevision(CancellationToken cancel = default) => new(feed.Current);

    public ValueTask<Outcome<ShardLease>> AcquireShard(string shard, string owner, TimeSpan ttl, CancellationToken cancel = default)
    {
        StateKeys.Check(shard);
        return new(writer.Enqueue(new AcquireShardJob(shard, owner, clock.GetUtcNow(), ttl)));
    }

    public ValueTask<Outcome<ShardLease>> RenewShard(ShardLease lease, TimeSpan ttl, CancellationToken cancel = default) =>
        new(writer.Enqueue(new ExtendShardJob(lease, clock.GetUtcNow() + ttl)));

    public async ValueTask ReleaseShard(ShardLease lease, CancellationToken cancel = default) =>
        await writer.Enqueue(new ExtendShardJob(lease, DateTimeOffset.UnixEpoch));

    /// <summary>Finishes the commits that were accepted, ends every watch and lets the next process have the file.</summary>
    public async ValueTask DisposeAsync()
    {
        feed.Close();
        await Task.Run(writer.Dispose);
        readers.Dispose();
        fileLock.Dispose();
    }

    // Readers see a commit a moment before it is published to the feed.
    private long StoredRevision() =>
        readers.Read(0, static (connection, _) => Schema.Revision(connection.Prepared("SELECT max(seq) FROM history").Number() ?? 0));

    private static void MakeFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            var message = $"The folder of the state file {path} cannot be made: {denied.Message}";
            throw new FailureException(Failure.Unavailable(StateFailures.StoreUnavailable, message, path), denied);
        }
    }
}
