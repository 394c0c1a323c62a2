using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Mano.Meo.Sites;

/// <summary>
/// A site's instances as its watch stream last told them. One writer (the stream), any number of readers. A watcher gets
/// the newest state, not every state in between.
/// </summary>
internal sealed class SiteMirror(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, SiteInstance> instances = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<Channel<bool>>> watchers = new(StringComparer.Ordinal);
    private HashSet<string>? snapshot;
    private bool isSynced;
    private long snapshots;
    private DateTimeOffset? since;

    public SiteView View(string appInstanceId)
    {
        lock (gate)
        {
            return new(isSynced, instances.GetValueOrDefault(appInstanceId), snapshots, isSynced ? null : since ??= clock.GetUtcNow());
        }
    }

    /// <summary>Raised when a snapshot is complete.</summary>
    public event Action? Synced;

    public SiteReport Report()
    {
        lock (gate)
        {
            return new(isSynced, instances.ToImmutableDictionary(StringComparer.Ordinal));
        }
    }

    /// <summary>The stream was opened: a snapshot comes. What it does not name will be gone when it is complete.</summary>
    public void BeginSnapshot()
    {
        lock (gate)
        {
            snapshot = new(StringComparer.Ordinal);
        }
    }

    public void EndSnapshot()
    {
        lock (gate)
        {
            foreach (var gone in instances.Keys.Where(id => snapshot?.Contains(id) == false).ToList())
            {
                instances.Remove(gone);
            }

            snapshot = null;
            isSynced = true;
            snapshots++;
            since = null;
            WakeAll();
        }

        Synced?.Invoke();
    }

    /// <summary>The stream was lost: what is known stays, and is known to be old.</summary>
    public void Lost()
    {
        lock (gate)
        {
            if (isSynced)
            {
                isSynced = false;
                since = clock.GetUtcNow();
                WakeAll();
            }
        }
    }

    public void Changed(SiteInstance instance)
    {
        lock (gate)
        {
            snapshot?.Add(instance.AppInstanceId);
            instances[instance.AppInstanceId] = instance;
            Wake(instance.AppInstanceId);
        }
    }

    public void Gone(string appInstanceId)
    {
        lock (gate)
        {
            instances.Remove(appInstanceId);
            Wake(appInstanceId);
        }
    }

    public async IAsyncEnumerable<SiteView> Watch(string appInstanceId, [EnumeratorCancellation] CancellationToken cancel)
    {
        var signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        Add(appInstanceId, signal);
        try
        {
            yield return View(appInstanceId);
            while (await signal.Reader.WaitToReadAsync(cancel))
            {
                signal.Reader.TryRead(out _);
                yield return View(appInstanceId);
            }
        }
        finally
        {
            Remove(appInstanceId, signal);
        }
    }

    private void Add(string appInstanceId, Channel<bool> signal)
    {
        lock (gate)
        {
            watchers[appInstanceId] = watchers.GetValueOrDefault(appInstanceId, []).Add(signal);
        }
    }

    private void Remove(string appInstanceId, Channel<bool> signal)
    {
        lock (gate)
        {
            var left = watchers[appInstanceId].Remove(signal);
            if (left.Length == 0)
            {
                watchers.Remove(appInstanceId);
            }
            else
            {
                watchers[appInstanceId] = left;
            }
        }
    }

    private void Wake(string appInstanceId)
    {
        foreach (var watcher in watchers.GetValueOrDefault(appInstanceId, []))
        {
            watcher.Writer.TryWrite(true);
        }
    }

    private void WakeAll()
    {
        foreach (var appInstanceId in watchers.Keys)
        {
            Wake(appInstanceId);
        }
    }
}
