using System.Runtime.CompilerServices;

namespace Mano.VimAdapters.Contract;

/// <summary>
/// Fans changes of computes out to watchers. A slow watcher costs one entry a compute, not one an event: what is
/// not yet read is replaced by what is newer.
/// </summary>
internal sealed class ComputeFeed
{
    private readonly Lock gate = new();
    private readonly List<Watcher> watchers = [];

    /// <summary>Tells every watcher; null: it is gone.</summary>
    public void Publish(string computeId, Compute? compute)
    {
        lock (gate)
        {
            foreach (var watcher in watchers)
            {
                watcher.Put(computeId, compute);
            }
        }
    }

    /// <summary>Watches from now on; <paramref name="list"/> is read after the watcher is in place, so nothing is missed.</summary>
    public async IAsyncEnumerable<ComputeEvent> WatchAsync(
        Func<CancellationToken, Task<IReadOnlyList<Compute>>> list, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watcher = new Watcher();
        lock (gate)
        {
            watchers.Add(watcher);
        }

        try
        {
            foreach (var compute in await list(cancellationToken))
            {
                yield return new(ComputeEventKind.Listed, compute.ComputeId, compute);
            }

            yield return new(ComputeEventKind.Synced, "", null);
            while (true)
            {
                var (computeId, compute) = await watcher.TakeAsync(cancellationToken);
                yield return new(compute is null ? ComputeEventKind.Deleted : ComputeEventKind.Changed, computeId, compute);
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

    private sealed class Watcher : IDisposable
    {
        private readonly Lock gate = new();
        private readonly Dictionary<string, Compute?> newest = [];
        private readonly Queue<string> order = new();
        private readonly SemaphoreSlim ready = new(0);

        public void Put(string computeId, Compute? compute)
        {
            lock (gate)
            {
                var waiting = newest.ContainsKey(computeId);
                newest[computeId] = compute;
                if (!waiting)
                {
                    order.Enqueue(computeId);
                    ready.Release();
                }
            }
        }

        public async Task<(string ComputeId, Compute? Compute)> TakeAsync(CancellationToken cancellationToken)
        {
            await ready.WaitAsync(cancellationToken);
            lock (gate)
            {
                var computeId = order.Dequeue();
                newest.Remove(computeId, out var compute);
                return (computeId, compute);
            }
        }

        public void Dispose() => ready.Dispose();
    }
}
