using System.Collections.Concurrent;

namespace Mano.Probe;

/// <summary>What the probe has seen, for tests in the same process.</summary>
public sealed class ProbeRecord
{
    private long _written;
    private long _read;

    /// <summary>Paths of calls whose handler saw the cancellation.</summary>
    public ConcurrentQueue<string> Cancelled { get; } = new();

    /// <summary>Metadata of the last call.</summary>
    public Grpc.Core.Metadata LastHeaders { get; set; } = [];

    /// <summary>Deadline of the last call.</summary>
    public DateTime LastDeadline { get; set; }

    /// <summary>Responses whose write has completed.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>Requests that have been read.</summary>
    public long Read => Interlocked.Read(ref _read);

    /// <summary>Done: nobody is stubborn any more.</summary>
    public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void CountWrite() => Interlocked.Increment(ref _written);

    public void CountRead() => Interlocked.Increment(ref _read);
}
