using System.Collections.Concurrent;

namespace Mano.GrpcRuntime.Client;

/// <summary>Cancellation sources of calls that ended well: with what a connection hangs on them, they cost a call as much as its messages.</summary>
internal static class CancellationPool
{
    private const int Most = 64;

    private static readonly ConcurrentQueue<CancellationTokenSource> Free = new();

    public static CancellationTokenSource Rent() => Free.TryDequeue(out var source) ? source : new CancellationTokenSource();

    /// <summary>Takes back a source that nobody cancels any more; what is still registered with it is let go.</summary>
    public static void Return(CancellationTokenSource source)
    {
        if (Free.Count < Most && source.TryReset())
        {
            Free.Enqueue(source);
        }
    }
}
