using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Simulated;

/// <summary>
/// The computes in time: what a change brings is stored, told to watchers, and followed by what time brings. Not
/// thread-safe; called under the VIM's lock, which its timers take too.
/// </summary>
internal sealed class SimulatedComputes(SimulatedStore store, TimeSpan fenceRetention, TimeProvider clock, Lock gate) : IDisposable
{
    private readonly Dictionary<string, ITimer> timers = [];
    private bool disposed;

    public ComputeFeed Feed { get; } = new();

    /// <summary>Takes up what was stored.</summary>
    public void Begin()
    {
        foreach (var key in store.Keys.ToArray())
        {
            Settle(key, clock.GetUtcNow());
        }
    }

    /// <summary>Stores a key and tells watchers.</summary>
    public void Save(SimulatedKey key)
    {
        key = key with { TouchedAt = clock.GetUtcNow() };
        store.Put(key);
        Show(key);
    }

    /// <summary>Removes a compute whose delete is over, unless another call did.</summary>
    public bool Remove(string computeId) => store.Key(computeId).Compute is { GoneAt: not null } && Drop(computeId, tell: true);

    /// <summary>Takes a compute away, whatever it does; its numbers stay.</summary>
    public bool Drop(string computeId, bool tell)
    {
        var key = store.Key(computeId) with { Compute = null, TouchedAt = clock.GetUtcNow() };
        store.Put(key);
        if (tell)
        {
            Feed.Publish(computeId, null);
        }

        Settle(key, key.TouchedAt);
        return true;
    }

    public void Dispose()
    {
        disposed = true;
        foreach (var timer in timers.Values)
        {
            timer.Dispose();
        }

        timers.Clear();
    }

    /// <summary>Tells watchers what a compute is, and sees to what comes next; by one reading of the clock, so that no
    /// state falls between the two.</summary>
    private void Show(SimulatedKey key)
    {
        var now = clock.GetUtcNow();
        if (key.Compute is { } compute)
        {
            Feed.Publish(key.ComputeId, compute.At(now, key.ComputeId, key.Fence.Last));
        }

        Settle(key, now);
    }

    /// <summary>Does what time has brought: removes what is gone, tells watchers, forgets old numbers; and sets the next timer.</summary>
    private void Settle(SimulatedKey key, DateTimeOffset now)
    {
        if (disposed)
        {
            return;
        }

        if (key.Compute is { GoneAt: { } goneAt } && goneAt <= now)
        {
            Remove(key.ComputeId);
            return;
        }

        if (timers.Remove(key.ComputeId, out var old))
        {
            old.Dispose();
        }

        var next = key.Compute is null ? key.TouchedAt + fenceRetention : key.Compute.NextChange(now);
        if (next is null)
        {
            return;
        }

        if (key.Compute is null && next <= now)
        {
            store.Forget(key.ComputeId);
            return;
        }

        var wait = Math.Clamp((next.Value - now).TotalMilliseconds, 0, uint.MaxValue - 1);
        timers[key.ComputeId] = clock.CreateTimer(_ => OnTimer(key.ComputeId), null, TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
    }

    private void OnTimer(string computeId)
    {
        lock (gate)
        {
            if (!disposed)
            {
                Show(store.Key(computeId));
            }
        }
    }
}
