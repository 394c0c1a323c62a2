using System.Collections.Concurrent;

namespace Mano.MecPlatform.Traffic;

/// <summary>The flows that rules let through, so that those of a drained instance can be closed.</summary>
internal sealed class FlowRegistry
{
    private readonly ConcurrentDictionary<long, OpenFlow> open = [];
    private long last;

    public int Count => open.Count;

    /// <summary>Notes a flow until the result is disposed.</summary>
    public OpenFlow Add(string appInstanceId, CancellationToken gateway)
    {
        var flow = new OpenFlow(this, Interlocked.Increment(ref last), appInstanceId, gateway);
        open[flow.Id] = flow;
        return flow;
    }

    public void Close(string appInstanceId)
    {
        foreach (var flow in open.Values.Where(f => f.AppInstanceId == appInstanceId))
        {
            flow.Close();
        }
    }

    private void Remove(OpenFlow flow) => open.TryRemove(flow.Id, out _);

    /// <summary>One flow.</summary>
    internal sealed class OpenFlow(FlowRegistry registry, long id, string appInstanceId, CancellationToken gateway) : IDisposable
    {
        private readonly CancellationTokenSource closing = CancellationTokenSource.CreateLinkedTokenSource(gateway);

        public long Id => id;

        public string AppInstanceId => appInstanceId;

        /// <summary>Fires when the flow has to end.</summary>
        public CancellationToken Closing => closing.Token;

        public void Close()
        {
            try
            {
                closing.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // it ended by itself in this moment
            }
        }

        public void Dispose()
        {
            registry.Remove(this);
            closing.Dispose();
        }
    }
}
