using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Local;

/// <summary>What an adapter intends with one compute of this machine; stored before anything of it is done.</summary>
internal abstract record IntendedCompute
{
    public required string ComputeId { get; init; }

    public required ComputeSpec Spec { get; init; }

    public required Fence Fence { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string Address { get; init; }

    public PowerState Desired { get; init; } = PowerState.Started;

    public bool Deleting { get; init; }

    /// <summary>Why it is not started again until somebody asks; null: nothing is wrong.</summary>
    public string? GaveUp { get; init; }
}

/// <summary>What is remembered of a compute that is gone.</summary>
internal sealed record Tombstone(string ComputeId, Fence Fence, DateTimeOffset At);
