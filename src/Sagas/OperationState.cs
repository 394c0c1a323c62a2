using System.Text.Json.Serialization;

namespace Mano.Sagas;

/// <summary>Where an operation stands. On the wire these become MEC 010-2's states: <see cref="MecStates"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OperationState>))]
public enum OperationState
{
    /// <summary>Accepted, but another operation on the same subject is still being unwound for it.</summary>
    Waiting,

    /// <summary>Its steps are being done.</summary>
    Running,

    /// <summary>It failed or was cancelled; its started steps are being undone, last first.</summary>
    Unwinding,

    /// <summary>An undo, or a step that has no undo, gave up. A person looks, then retries or fails it.</summary>
    NeedsAttention,

    /// <summary>Every step is done. Final.</summary>
    Completed,

    /// <summary>Failed and undone; nothing is left of it. Final.</summary>
    RolledBack,

    /// <summary>Called off and undone; nothing is left of it. Final.</summary>
    Cancelled,

    /// <summary>
    /// A person gave it up in NeedsAttention, or another operation took its subject over as it was: something may be left, and
    /// its steps say what. Final.
    /// </summary>
    Failed,
}

/// <summary>Where a step stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StepState>))]
public enum StepState
{
    /// <summary>Not begun.</summary>
    Pending,

    /// <summary>Begun: it may have had its effect. A restart begins it again.</summary>
    Started,

    /// <summary>Done; its output is stored.</summary>
    Succeeded,

    /// <summary>Gave up: it may have had its effect.</summary>
    Failed,

    /// <summary>Its undo has begun. A restart begins it again.</summary>
    UndoStarted,

    /// <summary>Undone.</summary>
    UndoFinished,

    /// <summary>Its undo gave up.</summary>
    UndoFailed,
}
