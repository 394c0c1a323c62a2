using System.Text.Json.Serialization;

namespace Mano.Chaos.History;

/// <summary>What a line of a history says.</summary>
internal enum Said
{
    /// <summary>A call begins. It may have its effect from now on.</summary>
    Invoke,

    /// <summary>It was answered OK.</summary>
    Ok,

    /// <summary>It was refused with a clear reason.</summary>
    Fail,

    /// <summary>Nobody knows: the run ended before a clear answer.</summary>
    Info,

    /// <summary>A host's figures, as a MEO tells them.</summary>
    Sample,

    /// <summary>A compute came or went, as the VIM's own journal tells it.</summary>
    Compute,
}

/// <summary>What was asked.</summary>
internal enum Verb
{
    Create,
    Instantiate,
    Start,
    Stop,
    Terminate,
    Delete,
    Cancel,

    /// <summary>The instance was read: <see cref="HistoryEvent.State"/>.</summary>
    Get,

    /// <summary>The end of an operation was seen: <see cref="HistoryEvent.State"/>.</summary>
    Ended,
}

/// <summary>One line of a history.</summary>
internal sealed record HistoryEvent
{
    /// <summary>The <see cref="State"/> of a look at an operation that has not ended.</summary>
    public const string AtWork = "AT_WORK";

    /// <summary>Microseconds since the run began, on one monotonic clock.</summary>
    public required long At { get; init; }

    public required Said Said { get; init; }

    public Verb Verb { get; init; }

    public string Client { get; init; } = "";

    /// <summary>The same for all lines of one call, repetitions under one key included.</summary>
    public long Call { get; init; }

    public string Instance { get; init; } = "";

    public string? Key { get; init; }

    public string? Operation { get; init; }

    /// <summary>Get: NOT_INSTANTIATED, STARTED, STOPPED. Ended: COMPLETED, FAILED, …. Ended also says the operation's kind in <see cref="Reason"/>.</summary>
    public string? State { get; init; }

    /// <summary>Fail: the stable word of the refusal. Ended: the operation's kind.</summary>
    public string? Reason { get; init; }

    /// <summary>Attempts before this answer that ended without one: the call may have had its effect then, or may have it later.</summary>
    public int Unclear { get; init; }

    /// <summary>Sample and Compute: which host.</summary>
    public string? Host { get; init; }

    /// <summary>Sample: held. Compute: what it takes, 0 when it went.</summary>
    public long MilliCpu { get; init; }

    /// <summary>Sample and Compute: what the host has.</summary>
    public long TotalMilliCpu { get; init; }

    /// <summary>Compute: when, by the VIM's clock. Lines of several VIMs are written as they are read, not as they happened.</summary>
    public DateTimeOffset? Touched { get; init; }

    /// <summary>Whether it repeats a call that was answered, under the same key.</summary>
    public bool Replay { get; init; }
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HistoryEvent))]
internal sealed partial class HistoryJson : JsonSerializerContext;
