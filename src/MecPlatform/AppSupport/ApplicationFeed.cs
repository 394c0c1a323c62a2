using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Mano.MecPlatform.AppSupport;

/// <summary>One event of the watch.</summary>
/// <param name="Changed">The instance's new state; null if it was removed.</param>
/// <param name="AppInstanceId">Whose; null marks the end of the snapshot.</param>
internal readonly record struct ApplicationEvent(string? AppInstanceId, ApplicationView? Changed);

/// <summary>
/// Tells watchers which instances changed. Only ids are queued, each at most once a watcher, and the state is read when
/// it is sent: a slow reader misses steps between, never the last state, and costs one set of ids.
/// </summary>
internal sealed class ApplicationFeed
{
    private readonly Lock gate = new();
    private readonly List<Watcher> watchers = [];

    public void Publish(string appInstanceId)
    {
        lock (gate)
        {
            foreach (var watcher in watchers)
            {
                watcher.Add(appInstanceId);
            }
        }
    }

    /// <summary>A snapshot, its end, then changes until cancelled.</summary>
    /// <param name="ids">The instances that exist, read after this watcher was noted.</param>
    /// <param name="view">The present state of one, or null.</param>
    /// <param name="cancel">Ends the watch.</param>
    public async IAsyncEnumerable<ApplicationEvent> Watch(
        Func<IReadOnlyList<string>> ids, Func<string, ApplicationView?> view, [EnumeratorCancellation] CancellationToken cancel)
    {
        var watcher = new Watcher();
        lock (gate)
        {
            watchers.Add(watcher);
        }

        try
        {
            foreach (var id in ids())
            {
                if (view(id) is { } present)
                {
                    yield return new(id, present);
                }
            }

            yield return new(null, null);
            while (await watcher.Wait(cancel))
            {
                foreach (var id in watcher.TakeAll())
                {
                    yield return new(id, view(id));
                }
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

    private sealed class Watcher
    {
        private readonly Lock gate = new();
        private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        private List<string> changed = [];
        private HashSet<string> known = [];

        public void Add(string appInstanceId)
        {
            lock (gate)
            {
                if (known.Add(appInstanceId))
                {
                    changed.Add(appInstanceId);
                }
            }

            signal.Writer.TryWrite(true);
        }

        public async ValueTask<bool> Wait(CancellationToken cancel) => await signal.Reader.WaitToReadAsync(cancel);

        public List<string> TakeAll()
        {
            signal.Reader.TryRead(out _);
            lock (gate)
            {
                var taken = changed;
                changed = [];
                known = [];
                return taken;
            }
        }
    }
}
