namespace Mano.VimAdapters.Contract;

/// <summary>What a compute does now. Values equal those of the proto.</summary>
public enum ComputeState
{
    /// <summary>Accepted; being made, or being started.</summary>
    Creating = 1,

    /// <summary>Its process (or guest) runs. Says nothing about readiness.</summary>
    Running = 2,

    /// <summary>It stands still: stopped on request, or ended with 0 and not restarted.</summary>
    Stopped = 3,

    /// <summary>It ended wrongly or could not be started; the reason says why, and whether it starts again. A fault that will
    /// not mend by itself leads here: no compute stays Creating for ever.</summary>
    Failed = 4,

    /// <summary>Being deleted.</summary>
    Deleting = 5,
}

/// <summary>A compute as it is now.</summary>
public sealed record Compute
{
    /// <summary>The caller's key.</summary>
    public required string ComputeId { get; init; }

    /// <summary>As it was asked for.</summary>
    public required ComputeSpec Spec { get; init; }

    /// <summary>The greatest operation number seen for the key.</summary>
    public required long OperationNumber { get; init; }

    /// <summary>What it does now.</summary>
    public required ComputeState State { get; init; }

    /// <summary>Why, in one sentence, with the VIM's own reason where it has one.</summary>
    public required string Reason { get; init; }

    /// <summary>Where it can be reached, the first one preferred.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>How often it was started again by the restart policy.</summary>
    public int RestartCount { get; init; }

    /// <summary>How its process ended last; 128 + the signal when one killed it.</summary>
    public int? ExitCode { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last started; null before the first start.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>What is really in force.</summary>
    public IReadOnlyList<Enforcement> Enforcements { get; init; } = [];

    /// <summary>Whether a reader of either would see the same.</summary>
    public bool SameAs(Compute other) =>
        ComputeId == other.ComputeId && OperationNumber == other.OperationNumber && State == other.State && Reason == other.Reason
        && RestartCount == other.RestartCount && ExitCode == other.ExitCode && CreatedAt == other.CreatedAt && StartedAt == other.StartedAt
        && Addresses.SequenceEqual(other.Addresses) && Enforcements.SequenceEqual(other.Enforcements)
        && (ReferenceEquals(Spec, other.Spec) || Spec.SameAs(other.Spec));
}

/// <summary>What a watch tells. Values equal those of the proto.</summary>
public enum ComputeEventKind
{
    /// <summary>It was there when the watch began.</summary>
    Listed = 1,

    /// <summary>All that was there has been listed.</summary>
    Synced = 2,

    /// <summary>It is new, or something about it changed.</summary>
    Changed = 3,

    /// <summary>It is gone.</summary>
    Deleted = 4,
}

/// <summary>One event of a watch.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="ComputeId">To which compute; empty with Synced.</param>
/// <param name="Compute">As it is now; null with Synced and Deleted.</param>
public sealed record ComputeEvent(ComputeEventKind Kind, string ComputeId, Compute? Compute);

/// <summary>What a compute has used since it was last started. What the VIM cannot tell is null, not zero.</summary>
/// <param name="At">When this was seen.</param>
/// <param name="CpuNanoseconds">Time on a CPU, all of its processes together.</param>
/// <param name="MemoryBytes">In use now, without file cache that the kernel may take back at once.</param>
/// <param name="NetworkReceivedBytes">Over its network.</param>
/// <param name="NetworkSentBytes">Over its network.</param>
public sealed record ComputeStatistics(
    DateTimeOffset At, long? CpuNanoseconds = null, long? MemoryBytes = null, long? NetworkReceivedBytes = null, long? NetworkSentBytes = null);

/// <summary>The end of a log.</summary>
/// <param name="Text">As text; bytes that are no UTF-8 are replaced.</param>
/// <param name="Truncated">Whether something older was left out.</param>
public sealed record ComputeLog(string Text, bool Truncated);

/// <summary>Something that the VIM says happened to a compute; for a person, and for the reason of a failure.</summary>
/// <param name="At">When; the last time, where it happened several times.</param>
/// <param name="Kind">The VIM's own word for it.</param>
/// <param name="Message">What happened, in a person's words; no secrets of the application.</param>
/// <param name="IsWarning">Whether it is bad news.</param>
public sealed record VimEvent(DateTimeOffset At, string Kind, string Message, bool IsWarning)
{
    /// <summary>The most that <see cref="IVimAdapter.ListEventsAsync"/> tells.</summary>
    public const int MaxListed = 100;
}
