using Mano.Mesh.State;

namespace Mano.Sagas;

/// <summary>A shard that this process owns, until it stops, gives it back or loses it.</summary>
internal sealed class HeldShard(ShardLease lease, CancellationTokenSource stop)
{
    public ShardLease Lease { get; set; } = lease;

    /// <summary>Cancelled when the shard is lost or given back, or the process stops.</summary>
    public CancellationTokenSource Stop { get; } = stop;

    /// <summary>Looks at all of its open operations, once after it was acquired; apart from the rounds, since they may be many.</summary>
    public Task Resuming { get; set; } = Task.FromException(new InvalidOperationException("not begun"));
}
