namespace Mano.Mesh.State;

/// <summary>
/// The newest changes, kept in memory so that watchers follow without touching storage; wakes those whom a change concerns.
/// Bounded by count and bytes; a watcher that has fallen behind the tail reads from storage until it catches up.
/// </summary>
internal sealed class ChangeFeed
{
    private const int KeptChanges = 8192;
    private const long KeptBytes = 16 * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly List<Change> tail = [];
    private readonly FeedWaiters waiters = new();
    private long tailBytes;
    private long floor;
    private bool closed;

    public ChangeFeed(long current) => (Current, floor) = (current, current);

    /// <summary>The latest published revision.</summary>
    public long Current { get; private set; }

    /// <summary>Appends the changes of one or more whole commits and wakes those who watch one of the keys. The list stays the caller's.</summary>
    public void Publish(IReadOnlyList<Change> changes, long revision)
    {
        IReadOnlyList<TaskCompletionSource<long>> woken;
        long quietUpTo;
        lock (gate)
        {
            quietUpTo = Current;
            tail.AddRange(changes);
            foreach (var change in changes)
            {
                tailBytes += SizeOf(change);
            }

            Current = revision;
            Trim();
            woken = waiters.Take(changes);
        }

        Wake(woken, quietUpTo);
    }

    /// <summary>Forgets everything up to a revision: there is a gap before it that only storage can tell.</summary>
    public void SkipTo(long revision)
    {
        IReadOnlyList<TaskCompletionSource<long>> woken;
        long quietUpTo;
        lock (gate)
        {
            quietUpTo = Current;
            tail.Clear();
            tailBytes = 0;
            (Current, floor) = (revision, revision);
            woken = waiters.TakeAll();
        }

        Wake(woken, quietUpTo);
    }

    /// <summary>
    /// Copies the changes under the prefix after a revision, and says up to which revision that is complete.
    /// False if the tail no longer reaches back that far.
    /// </summary>
    public bool TryRead(long after, string prefix, List<Change> into, out long upTo)
    {
        lock (gate)
        {
            // A watcher that read storage may be ahead of what has been published.
            upTo = Math.Max(after, Current);
            if (after < floor)
            {
                return false;
            }

            for (var i = FirstAfter(after); i < tail.Count; i++)
            {
                if (tail[i].Key.StartsWith(prefix, StringComparison.Ordinal))
                {
                    into.Add(tail[i]);
                }
            }

            return true;
        }
    }

    /// <summary>
    /// Completes when something under the prefix has changed after the revision, or may have, or the store is closed; with the revision
    /// up to which nothing has, at least the given one: a watcher of what seldom changes does not fall behind the tail.
    /// </summary>
    public async Task<long> WaitBeyond(long revision, string prefix, CancellationToken cancel)
    {
        TaskCompletionSource<long> waiter;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, typeof(IStateStore));
            if (Current > revision)
            {
                return revision;
            }

            waiter = waiters.Add(prefix);
        }

        using var registration = cancel.UnsafeRegister(static (waiter, cancel) => ((TaskCompletionSource<long>)waiter!).TrySetCanceled(cancel), waiter);
        try
        {
            return Math.Max(revision, await waiter.Task);
        }
        catch (OperationCanceledException)
        {
            lock (gate)
            {
                waiters.RemoveIfAny(prefix, waiter);
            }

            throw;
        }
    }

    /// <summary>Ends every watch.</summary>
    public void Close()
    {
        IReadOnlyList<TaskCompletionSource<long>> woken;
        lock (gate)
        {
            closed = true;
            woken = waiters.TakeAll();
        }

        Wake(woken, Current);
    }

    private static void Wake(IReadOnlyList<TaskCompletionSource<long>> woken, long quietUpTo)
    {
        foreach (var waiter in woken)
        {
            waiter.TrySetResult(quietUpTo);
        }
    }

    private static long SizeOf(Change change) => 64 + change.Key.Length + (change.Value?.Length ?? 0);

    private int FirstAfter(long revision)
    {
        int low = 0, high = tail.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = tail[middle].Revision <= revision ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Drops the older half, at a commit's boundary, when the tail has become too long: rare, so cheap on average.</summary>
    private void Trim()
    {
        if (tail.Count <= KeptChanges && tailBytes <= KeptBytes)
        {
            return;
        }

        floor = tail[(tail.Count - 1) / 2].Revision;
        var drop = FirstAfter(floor);
        for (var i = 0; i < drop; i++)
        {
            tailBytes -= SizeOf(tail[i]);
        }

        tail.RemoveRange(0, drop);
    }
}
