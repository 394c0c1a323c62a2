namespace Mano.Sagas;

/// <summary>
/// How many shards of operations this process holds of those there are. Whoever knows the other processes implements it; a share
/// that is wrong for a while costs speed, never safety, which is the fence's business.
/// </summary>
public interface IShardShare
{
    /// <summary>
    /// Asked before every round: the most shards to hold from now on. What is held beyond that is given back, and nothing is
    /// taken beyond it. A FailureException leaves everything as it is until the next round.
    /// </summary>
    ValueTask<int> Most(int shards, CancellationToken cancel);

    /// <summary>Told after every round, and when the process gives everything back: what is held now, in ascending order.</summary>
    ValueTask Holding(IReadOnlyList<int> shards, CancellationToken cancel);

    /// <summary>Completes when another round should not wait until it is due: shards became free, or the share changed.</summary>
    Task Changed(CancellationToken cancel);
}

/// <summary>The share of a process that is alone.</summary>
public sealed class AllShards : IShardShare
{
    public static readonly AllShards Mine = new();

    public ValueTask<int> Most(int shards, CancellationToken cancel) => new(shards);

    public ValueTask Holding(IReadOnlyList<int> shards, CancellationToken cancel) => ValueTask.CompletedTask;

    public Task Changed(CancellationToken cancel) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
}
