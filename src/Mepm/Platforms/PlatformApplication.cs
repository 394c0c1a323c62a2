using Mano.Mepm.Instances;
using Mano.Mesh.Failures;

namespace Mano.Mepm.Platforms;

/// <summary>What a platform holds for an instance (platform.v1.Application).</summary>
public sealed record PlatformApplication
{
    public required string AppInstanceId { get; init; }

    /// <summary>The newest generation that the platform saw for it.</summary>
    public required long Generation { get; init; }

    public required PlatformPhase Phase { get; init; }

    /// <summary>When the phase was entered, by the platform's clock; null: it does not say.</summary>
    public DateTimeOffset? PhaseTime { get; init; }

    /// <summary>Why it is in this phase, in one sentence.</summary>
    public string Message { get; init; } = "";

    /// <summary>Where it runs as far as the platform was told; null: it does not.</summary>
    public Endpoint? Endpoint { get; init; }

    public RuleStates Rules { get; init; } = RuleStates.None;

    /// <summary>What was given with the configuration (<see cref="PlatformSetup.Digest"/>); empty: a platform that does not say.</summary>
    public string ConfigurationDigest { get; init; } = "";

    /// <summary>Set in <see cref="PlatformPhase.Failed"/>.</summary>
    public Failure? Failure { get; init; }

    /// <summary>Whether a reader of either would see the same.</summary>
    public bool SameAs(PlatformApplication other) =>
        AppInstanceId == other.AppInstanceId && Generation == other.Generation && Phase == other.Phase && Message == other.Message
        && (Endpoint?.SameAs(other.Endpoint) ?? other.Endpoint is null) && Rules.SameAs(other.Rules)
        && ConfigurationDigest == other.ConfigurationDigest && Failure?.ToString() == other.Failure?.ToString();

    /// <summary>Whether it is what the platform held when it gave that answer, or before: a watch may lag behind the answers of calls.</summary>
    public bool IsKnownBy(PlatformApplication answer) =>
        SameAs(answer) || (PhaseTime < answer.PhaseTime && Generation <= answer.Generation);

    /// <summary>Whether rules of it may be in effect, or come into effect without another word of ours.</summary>
    public bool InService => Phase is PlatformPhase.AwaitingReady or PlatformPhase.Activating or PlatformPhase.Active or PlatformPhase.Failed;
}

/// <summary>Where an instance stands at the platform.</summary>
public enum PlatformPhase
{
    /// <summary>Rules stored, inactive; not running as far as the platform was told.</summary>
    Configured,

    /// <summary>Running; waits for confirm_ready or the probe.</summary>
    AwaitingReady,

    /// <summary>Ready; rules are being activated.</summary>
    Activating,

    /// <summary>Rules are active.</summary>
    Active,

    /// <summary>Being taken out of service.</summary>
    Draining,

    /// <summary>Out of service.</summary>
    Drained,

    /// <summary>A rule could not be made active; the platform tries again.</summary>
    Failed,
}
