using Mano.Mepm.Platforms;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Instances.Planning;

/// <summary>From what is desired, seen and planned to what people and the MEO are shown: a pure function.</summary>
internal static class StatusOf
{
    public static InstanceStatus Instance(Intent intent, Observed seen, Plan plan, InstanceStatus before, DateTimeOffset now)
    {
        Verdict[] verdicts = [Allocated(intent, seen), Running(seen), Configured(intent, seen), Ready(seen), RulesActive(seen)];
        var conditions = new Condition[verdicts.Length];
        for (var i = 0; i < verdicts.Length; i++)
        {
            var (holds, reason, message) = verdicts[i];
            var type = (ConditionType)i;
            var earlier = before[type];
            conditions[i] = new(type, holds, reason, message, earlier?.Holds == holds ? earlier.Since : now);
        }

        return new()
        {
            ObservedGeneration = intent.Generation,
            Phase = PhaseOf(intent, seen, plan),
            Conditions = conditions,
            Endpoint = EndpointOf(intent, seen),
            Rules = seen.Platform.IsKnown ? seen.Platform.Found?.Rules ?? RuleStates.None : before.Rules,
            Failure = plan.Stalled,
            Restarts = seen.Compute.Found?.RestartCount ?? (seen.Compute.IsKnown ? 0 : before.Restarts),
        };
    }

    private static InstancePhase PhaseOf(Intent intent, Observed seen, Plan plan) =>
        plan.Stalled is not null ? InstancePhase.Failed
        : intent.Absent ? InstancePhase.Terminating
        : plan.IsDone || (intent.WasSteady && OnlyRepeats(seen, plan)) ? InstancePhase.Steady
        : intent.WasSteady ? InstancePhase.Degraded
        : InstancePhase.Progressing;

    /// <summary>A new process tells the platform again what it was told by the last one; that is no degradation.</summary>
    private static bool OnlyRepeats(Observed seen, Plan plan) =>
        plan is { Waiting.Count: 0, Actions: [InstanceAction.TellRunning { At: { } at }] }
        && seen.Platform.Found is { Phase: PlatformPhase.Active } held && at.Endpoint.SameAs(held.Endpoint);

    private static Endpoint? EndpointOf(Intent intent, Observed seen) =>
        seen.Compute.Found is { State: ComputeState.Running } compute ? PlatformSteps.WhereItRuns(intent, compute)?.Endpoint
        : seen.Compute.IsKnown ? null
        : seen.Platform.Found?.Endpoint;

    private static Verdict Allocated(Intent intent, Observed seen) => seen.Compute switch
    {
        { Unseen: { } why } => new(Truth.Unknown, why.Reason, why.Message),
        { Found: { State: ComputeState.Deleting } compute } => new(Truth.No, "DELETING", compute.Reason),
        { Found: not null } => new(Truth.Yes, "ALLOCATED", "The VIM has a compute for it."),
        _ when intent.Absent => new(Truth.No, "DELETED", "The compute is deleted."),
        _ when intent.Power == DesiredPower.Stopped => new(Truth.No, "NOT_ALLOCATED", "There is no compute; one is made when it is started."),
        _ when seen.ComputeTrouble is { } trouble => new(Truth.No, trouble.Reason, trouble.Message),
        _ when seen.ImagePending => new(Truth.No, "IMAGE_PULLING", "Its image is being fetched from the MEO."),
        _ when intent.Spec is null => new(Truth.No, "AWAITING_PLATFORM", intent.SpecMissing),
        _ => intent.WasSteady
            ? new(Truth.No, "COMPUTE_LOST", "The compute is gone and is made again.")
            : new(Truth.No, "ALLOCATING", "The compute is being made."),
    };

    private static Verdict Running(Observed seen) => seen.Compute switch
    {
        { Unseen: { } why } => new(Truth.Unknown, why.Reason, why.Message),
        { Found: { } compute } => compute.State switch
        {
            ComputeState.Running => new(Truth.Yes, "RUNNING", compute.Reason),
            ComputeState.Creating => new(Truth.No, "BOOTING", compute.Reason),
            ComputeState.Stopped when seen.ComputeTrouble is { } trouble => new(Truth.No, trouble.Reason, trouble.Message),
            ComputeState.Stopped => new(Truth.No, "STOPPED", compute.Reason),
            ComputeState.Deleting => new(Truth.No, "DELETING", compute.Reason),
            _ => new(Truth.No, "COMPUTE_FAILED", compute.Reason),
        },
        _ => new(Truth.No, "NO_COMPUTE", "There is no compute."),
    };

    private static Verdict Configured(Intent intent, Observed seen) => seen.Platform switch
    {
        { Unseen: { } why } => new(Truth.Unknown, why.Reason, why.Message),
        _ when seen.PlatformTrouble is { } trouble && seen.Platform.Found?.Generation != intent.Generation => new(Truth.No, trouble.Reason, trouble.Message),
        { Found: null } => new(Truth.No, "NOT_CONFIGURED", "The platform holds nothing for it."),
        { Found: { } held } when held.Generation == intent.Generation => new(Truth.Yes, "CONFIGURED", "The platform holds its rules and services."),
        { Found: { } held } => new(Truth.No, "OLDER_GENERATION", $"The platform holds generation {held.Generation}."),
    };

    private static Verdict Ready(Observed seen) => seen.Platform switch
    {
        { Unseen: { } why } => new(Truth.Unknown, why.Reason, why.Message),
        { Found: { Phase: PlatformPhase.Activating or PlatformPhase.Active or PlatformPhase.Failed } held } => new(Truth.Yes, "READY", held.Message),
        { Found: { } held } => new(Truth.No, WordOf(held.Phase), held.Message),
        _ => new(Truth.No, "NOT_CONFIGURED", "The platform holds nothing for it."),
    };

    private static Verdict RulesActive(Observed seen) => seen.Platform switch
    {
        { Unseen: { } why } => new(Truth.Unknown, why.Reason, why.Message),
        { Found: { Phase: PlatformPhase.Active } held } => new(Truth.Yes, "ACTIVE", held.Message),
        { Found: { Phase: PlatformPhase.Failed } held } => new(Truth.No, held.Failure?.Reason ?? "RULE_FAILED", held.Failure?.Message ?? held.Message),
        { Found: { } held } => new(Truth.No, WordOf(held.Phase), held.Message),
        _ => new(Truth.No, "NOT_CONFIGURED", "The platform holds nothing for it."),
    };

    private static string WordOf(PlatformPhase phase) => phase switch
    {
        PlatformPhase.Configured => "NOT_RUNNING",
        PlatformPhase.AwaitingReady => "AWAITING_READY",
        PlatformPhase.Activating => "ACTIVATING",
        PlatformPhase.Active => "ACTIVE",
        PlatformPhase.Draining => "DRAINING",
        PlatformPhase.Drained => "DRAINED",
        _ => "RULE_FAILED",
    };

    private readonly record struct Verdict(Truth Holds, string Reason, string Message);
}
