namespace Mano.Mesh.State;

/// <summary>
/// Who waits for changes, by prefix. A change wakes those alone whose prefix its key has: it is looked up once for each length that
/// a waited-for prefix has, so the cost does not grow with the number of those who wait for something else. The caller locks.
/// </summary>
internal sealed class FeedWaiters
{
    private readonly Dictionary<string, List<TaskCompletionSource<long>>> byPrefix = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> lengths = [];

    /// <summary>A waiter that completes with the revision up to which nothing under its prefix has changed.</summary>
    public TaskCompletionSource<long> Add(string prefix)
    {
        var waiter = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!byPrefix.TryGetValue(prefix, out var waiting))
        {
            byPrefix[prefix] = waiting = [];
            lengths[prefix.Length] = lengths.GetValueOrDefault(prefix.Length) + 1;
        }

        waiting.Add(waiter);
        return waiter;
    }

    /// <summary>Takes one away that waits no more, if it still does.</summary>
    public void RemoveIfAny(string prefix, TaskCompletionSource<long> waiter)
    {
        if (byPrefix.TryGetValue(prefix, out var waiting) && waiting.Remove(waiter) && waiting.Count == 0)
        {
            Forget(prefix);
        }
    }

    /// <summary>Takes out those for whom one of the keys changed, to be completed.</summary>
    public IReadOnlyList<TaskCompletionSource<long>> Take(IReadOnlyList<Change> changes)
    {
        var woken = new List<TaskCompletionSource<long>>();
        var lookup = byPrefix.GetAlternateLookup<ReadOnlySpan<char>>();
        var waitedFor = lengths.Keys.ToArray();
        foreach (var change in changes)
        {
            foreach (var length in waitedFor)
            {
                if (length <= change.Key.Length && lookup.TryGetValue(change.Key.AsSpan(0, length), out var prefix, out var waiting))
                {
                    woken.AddRange(waiting);
                    Forget(prefix);
                }
            }
        }

        return woken;
    }

    /// <summary>Takes out everybody.</summary>
    public IReadOnlyList<TaskCompletionSource<long>> TakeAll()
    {
        var woken = byPrefix.Values.SelectMany(waiting => waiting).ToList();
        byPrefix.Clear();
        lengths.Clear();
        return woken;
    }

    private void Forget(string prefix)
    {
        byPrefix.Remove(prefix);
        if (--lengths[prefix.Length] == 0)
        {
            lengths.Remove(prefix.Length);
        }
    }
}
