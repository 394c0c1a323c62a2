using System.Runtime.CompilerServices;

namespace Mano.Mepm.Instances;

/// <summary>One event of a watch: a changed instance, one that is gone, or the end of the snapshot.</summary>
/// <param name="AppInstanceId">Which; empty with the end of the snapshot.</param>
/// <param name="Changed">How it is now; null when it is gone.</param>
/// <param name="Generation">The generation under which it went.</param>
public sealed record InstanceEvent(string AppInstanceId, InstanceView? Changed, long Generation)
{
    public static readonly InstanceEvent Synced = new("", null, 0);
}

/// <summary>
/// Tells every watcher what changed. A watcher that is slower than the changes gets the newest state of each instance
/// and misses what was between; it never holds more than one event for each instance.
/// </summary>
public sealed class InstanceFeed
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, InstanceEvent> present = new(StringComparer.Ordinal);
    private readonly List<Watcher> watchers = [];

    public int Watchers
    {
        get
        {
            lock (gate)
            {
                return watchers.Count;
            }
        }
    }

    public void Changed(InstanceView view)
    {
        var change = new InstanceEvent(view.Record.AppInstanceId, view, view.Record.Generation);
        lock (gate)
        {
            present[change.AppInstanceId] = change;
            watchers.ForEach(w => w.Offer(change));
        }
    }

    public void Gone(string appInstanceId, long generation)
    {
        lock (gate)
        {
            present.Remove(appInstanceId);
            var change = new InstanceEvent(appInstanceId, null, generation);
            watchers.ForEach(w => w.Offer(change));
        }
    }

    /// <summary>All instances, then <see cref="InstanceEvent.Synced"/>, then every change, until cancelled.</summary>
    public async IAsyncEnumerable<InstanceEvent> Watch([EnumeratorCancellation] CancellationToken cancel)
    {
        using var watcher = new Watcher();
        InstanceEvent[] snapshot;
        lock (gate)
        {
            snapshot = [.. present.Values];
            watchers.Add(watcher);
        }

        try
        {
            foreach (var instance in snapshot)
            {
                yield return instance;
            }

            yield return InstanceEvent.Synced;
            while (true)
            {
                yield return await watcher.Next(cancel);
            }
        }
        finally
        {
            lock (gate)
            {
                watchers.Remove(watcher);
            }
        }
    }

    /// <summary>What one watcher has not read yet, newest state only, oldest instance first.</summary>
    private sealed class Watcher : IDisposable
    {
        private readonly Lock gate = new();
        private readonly Dictionary<string, InstanceEvent> unread = new(StringComparer.Ordinal);
        private readonly Queue<string> order = new();
        private readonly SemaphoreSlim ready = new(0);

        public void Offer(InstanceEvent change)
        {
            lock (gate)
            {
                if (!unread.TryAdd(change.AppInstanceId, change))
                {
                    unread[change.AppInstanceId] = change;
                    return;
                }

                order.Enqueue(change.AppInstanceId);
            }

            ready.Release();
        }

        public async Task<InstanceEvent> Next(CancellationToken cancel)
        {
            await ready.WaitAsync(cancel);
            lock (gate)
            {
                var id = order.Dequeue();
                unread.Remove(id, out var change);
                return change!;
            }
        }

        public void Dispose() => ready.Dispose();
    }
}
