using System.Text.Json.Serialization;

namespace Mano.MecPlatform.AppSupport;

/// <summary>Where an application instance stands at the platform (<c>mano.platform.v1.Application.Phase</c>).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Phase>))]
internal enum Phase
{
    /// <summary>Rules stored, inactive; not running as far as the platform was told.</summary>
    [JsonStringEnumMemberName("CONFIGURED")] Configured = 1,

    /// <summary>Running; waits for confirm_ready or the probe.</summary>
    [JsonStringEnumMemberName("AWAITING_READY")] AwaitingReady,

    /// <summary>Ready; rules are being activated, DNS first.</summary>
    [JsonStringEnumMemberName("ACTIVATING")] Activating,

    /// <summary>Rules are active.</summary>
    [JsonStringEnumMemberName("ACTIVE")] Active,

    /// <summary>Being taken out of service.</summary>
    [JsonStringEnumMemberName("DRAINING")] Draining,

    /// <summary>Out of service: no rule active, no service registered.</summary>
    [JsonStringEnumMemberName("DRAINED")] Drained,

    /// <summary>Not ready after all probes, or a rule could not be made active; retried.</summary>
    [JsonStringEnumMemberName("FAILED")] Failed,
}

/// <summary>What an application is told before it is taken out of service (MEC 011 OperationActionType).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OperationAction>))]
internal enum OperationAction
{
    [JsonStringEnumMemberName("STOPPING")] Stopping = 1,
    [JsonStringEnumMemberName("TERMINATING")] Terminating,
}

/// <summary>States as people and the API spell them.</summary>
internal static class PhaseNames
{
    public static string Spell(this Phase phase) => phase switch
    {
        Phase.Configured => "CONFIGURED",
        Phase.AwaitingReady => "AWAITING_READY",
        Phase.Activating => "ACTIVATING",
        Phase.Active => "ACTIVE",
        Phase.Draining => "DRAINING",
        Phase.Drained => "DRAINED",
        Phase.Failed => "FAILED",
        _ => throw new System.Diagnostics.UnreachableException(phase.ToString()),
    };

    public static string Spell(this OperationAction action) => action == OperationAction.Stopping ? "STOPPING" : "TERMINATING";
}
