using Mano.Mesh.Failures;

namespace Mano.Mesh.State.Embedded;

/// <summary>
/// The one writer of the file. Everything that waits when it comes round is written in one SQLite transaction, so one fsync
/// serves them all; each job is still checked on its own, before it writes anything, against what the jobs before it did.
/// Jobs are answered only after that transaction is durable.
/// </summary>
internal sealed class StoreWriter : IDisposable
{
    private const int GroupSize = 512;
    private const int CompactionStep = 1000;

    private readonly SqliteConnection connection;
    private readonly EmbeddedStoreOptions options;
    private readonly ChangeFeed feed;
    private readonly Lock stopGate = new();
    private readonly object gate = new();
    private readonly Thread thread;
    private readonly List<Change> changes = [];
    private List<WriterJob> waiting = [];
    private bool closing;
    private bool disposed;

    public StoreWriter(SqliteConnection connection, EmbeddedStoreOptions options, WriterState state, ChangeFeed feed)
    {
        this.connection = connection;
        this.options = options;
        this.feed = feed;
        State = state;
        thread = new(Run) { IsBackground = true, Name = "state-writer" };
        thread.Start();
    }

    private WriterState State { get; }

    public Task<T> Enqueue<T>(WriterJob<T> job)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closing, typeof(IStateStore));
            waiting.Add(job);
            Monitor.Pulse(gate);
        }

        return job.Answer;
    }

    /// <summary>Writes what was accepted, then stops.</summary>
    public void Dispose()
    {
        lock (stopGate)
        {
            if (disposed)
            {
                return;
            }

            lock (gate)
            {
                closing = true;
                Monitor.Pulse(gate);
            }

            thread.Join();
            connection.Dispose();
            disposed = true;
        }
    }

    private void Run()
    {
        var taken = new List<WriterJob>();
        while (TakeAll(ref taken))
        {
            for (var start = 0; start < taken.Count; start += GroupSize)
            {
                WriteGroup(taken.GetRange(start, Math.Min(GroupSize, taken.Count - start)));
            }

            taken.Clear();
            CompactIfDue();
        }
    }

    private bool TakeAll(ref List<WriterJob> taken)
    {
        lock (gate)
        {
            while (waiting.Count == 0 && !closing)
            {
                Monitor.Wait(gate);
            }

            (waiting, taken) = (taken, waiting);
            return taken.Count > 0;
        }
    }

    private void WriteGroup(List<WriterJob> group)
    {
        var before = State.Revision;
        changes.Clear();
        try
        {
            connection.Prepared("BEGIN IMMEDIATE").Run();
            foreach (var job in group)
            {
                job.Write(connection, State, changes);
            }

            connection.Prepared("COMMIT").Run();
        }
        catch (Exception failed) when (failed is FailureException or ArgumentException or InvalidOperationException)
        {
            State.Revision = before;
            RollBack();
            group.ForEach(job => job.Fail(failed));
            return;
        }

        if (changes.Count > 0)
        {
            feed.Publish(changes, State.Revision);
        }

        group.ForEach(job => job.Succeed());
    }

    private void RollBack()
    {
        try
        {
            connection.Prepared("ROLLBACK").Run();
        }
        catch (FailureException)
        {
            // SQLite has rolled back by itself already (disk full, I/O error), or BEGIN was what failed.
        }
    }

    private void CompactIfDue()
    {
        while (State.Revision - State.Compacted >= options.RetainedRevisions + CompactionStep)
        {
            var upTo = State.Compacted + CompactionStep;
            try
            {
                connection.Prepared("BEGIN IMMEDIATE").Run();
                connection.Prepared(
                        "DELETE FROM history WHERE seq > ? AND seq <= ? AND NOT EXISTS (SELECT 1 FROM heads WHERE heads.key = history.key AND heads.seq = history.seq)")
                    .Bind(1, Schema.EndOf(State.Compacted)).Bind(2, Schema.EndOf(upTo)).Run();
                connection.Prepared("UPDATE compaction SET revision = ?").Bind(1, upTo).Run();
                connection.Prepared("COMMIT").Run();
                State.Compacted = upTo;
            }
            catch (FailureException)
            {
                // Only space is at stake; the next commit tries again, and reports what is wrong with the file.
                RollBack();
                return;
            }
        }
    }
}

/// <summary>What the writer knows by heart.</summary>
internal sealed class WriterState
{
    public long Revision { get; set; }

    /// <summary>History up to this revision holds present values only.</summary>
    public long Compacted { get; set; }
}
