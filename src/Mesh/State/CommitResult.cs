using Mano.Mesh.Failures;

namespace Mano.Mesh.State;

/// <summary>What became of a batch: committed at a revision, or refused with the keys that stood in its way, or with the epoch that has passed.</summary>
public sealed record CommitResult
{
    private CommitResult() { }

    /// <summary>The store-wide revision the commit got; 0 if refused. A batch of checks alone gets the present one.</summary>
    public long Revision { get; private init; }

    /// <summary>Every key whose version was another than expected, with both.</summary>
    public IReadOnlyList<KeyConflict> Conflicts { get; private init; } = [];

    /// <summary>Set if the shard has a newer epoch: whoever committed no longer owns it.</summary>
    public Failure? StaleEpoch { get; private init; }

    public bool IsCommitted => Conflicts.Count == 0 && StaleEpoch is null;

    public static CommitResult At(long revision) => new() { Revision = revision };

    public static CommitResult Refused(IReadOnlyList<KeyConflict> conflicts) => new() { Conflicts = conflicts };

    public static CommitResult Stale(ShardFence fence, long current) => new() { StaleEpoch = StateFailures.Stale(fence, current) };

    /// <summary>Why it was refused; null if it was not.</summary>
    public Failure? ToFailure() => IsCommitted ? null : StaleEpoch ?? StateFailures.Conflicting(Conflicts);

    /// <summary>The revision; throws the refusal.</summary>
    public long OrThrow() => ToFailure() is { } failure ? throw failure.ToException() : Revision;
}

/// <summary>A key that had another version than the batch expected.</summary>
/// <param name="Key">The key.</param>
/// <param name="Expected">What the batch said; 0 for "must not exist".</param>
/// <param name="Actual">What is there; 0 for nothing.</param>
public readonly record struct KeyConflict(string Key, long Expected, long Actual)
{
    public override string ToString() => $"{Key} ({Say(Expected)} expected, {Say(Actual)} found)";

    private static string Say(long version) => version == 0 ? "none" : $"version {version}";
}
