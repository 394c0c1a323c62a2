using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Mano.MecPlatform.AppSupport;

/// <summary>What an application is told.</summary>
/// <param name="Action">What will happen.</param>
/// <param name="TimeoutSeconds">How long it may take; more than zero.</param>
internal readonly record struct TerminationNotice(OperationAction Action, uint TimeoutSeconds);

/// <summary>The applications that listen over gRPC (WatchTermination).</summary>
internal sealed class TerminationWatchers
{
    private readonly ConcurrentDictionary<string, List<Channel<TerminationNotice>>> open = [];
    private readonly Lock gate = new();

    public bool Has(string appInstanceId)
    {
        lock (gate)
        {
            return open.ContainsKey(appInstanceId);
        }
    }

    /// <summary>Tells every open stream; says whether there was one.</summary>
    public bool Tell(string appInstanceId, TerminationNotice notice)
    {
        lock (gate)
        {
            var told = false;
            foreach (var channel in open.GetValueOrDefault(appInstanceId, []))
            {
                told |= channel.Writer.TryWrite(notice);
            }

            return told;
        }
    }

    /// <summary>Opens a stream until the result is disposed.</summary>
    public Subscription Open(string appInstanceId)
    {
        // An application is told a handful of times in its life; a reader that takes none of them keeps the newest.
        var channel = Channel.CreateBounded<TerminationNotice>(new BoundedChannelOptions(4) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (gate)
        {
            open.GetOrAdd(appInstanceId, static _ => []).Add(channel);
        }

        return new(this, appInstanceId, channel);
    }

    private void Close(string appInstanceId, Channel<TerminationNotice> channel)
    {
        lock (gate)
        {
            if (open.TryGetValue(appInstanceId, out var channels) && channels.Remove(channel) && channels.Count == 0)
            {
                open.TryRemove(appInstanceId, out _);
            }
        }
    }

    /// <summary>One open stream.</summary>
    internal sealed class Subscription(TerminationWatchers watchers, string appInstanceId, Channel<TerminationNotice> channel) : IDisposable
    {
        public IAsyncEnumerable<TerminationNotice> Notices(CancellationToken cancel) => channel.Reader.ReadAllAsync(cancel);

        public void Dispose() => watchers.Close(appInstanceId, channel);
    }
}
