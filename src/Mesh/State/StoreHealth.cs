namespace Mano.Mesh.State;

/// <summary>How a store that is not in this process is doing.</summary>
/// <param name="Problem">Why operations pause, as a sentence; null while they do not.</param>
/// <param name="NotDurable">What an acknowledged commit may not survive there, as a sentence; null if it survives all but the loss of the disk, or is not known yet.</param>
/// <param name="IsPatient">With a problem: whether calls made since it began still wait, so that nobody has seen it yet.</param>
public sealed record StoreHealth(string? Problem, string? NotDurable, bool IsPatient)
{
    public bool IsReachable => Problem is null;
}

/// <summary>A store that can be away.</summary>
public interface IRemoteStateStore : IStateStore
{
    /// <summary>As it is now; asks nobody.</summary>
    StoreHealth Health { get; }

    /// <summary>Completes as soon as the store has been reached; never fails but by <paramref name="cancel"/>.</summary>
    Task Reached(CancellationToken cancel);
}
