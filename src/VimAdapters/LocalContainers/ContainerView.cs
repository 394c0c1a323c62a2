using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalContainers.Engine;

namespace Mano.VimAdapters.LocalContainers;

/// <summary>What a compute is now, from what was intended and what the engine says. Pure.</summary>
internal static class ContainerView
{
    /// <summary>The compute as callers see it.</summary>
    /// <param name="record">What was intended.</param>
    /// <param name="container">Its container; null: there is none.</param>
    /// <param name="lastExit">How it ended last, where that was seen: the engine forgets it when it starts again.</param>
    /// <param name="enforcements">What is in force.</param>
    public static Compute Of(ContainerRecord record, ContainerDetails? container, int? lastExit, IReadOnlyList<Enforcement> enforcements)
    {
        var (state, reason) = StateOf(record, container);
        var stands = container?.State.Status is "exited" or "restarting" or "stopped" or "dead";
        return new()
        {
            ComputeId = record.ComputeId,
            Spec = record.Spec,
            OperationNumber = record.Fence.Last,
            State = state,
            Reason = reason,
            Addresses = [record.Address],
            RestartCount = Math.Max(0, (container?.RestartCount ?? 0) - record.RestartsBefore) + record.OwnRestarts,
            ExitCode = stands ? container!.State.ExitCode : lastExit,
            CreatedAt = record.CreatedAt,
            StartedAt = container?.State.StartedAt is { Year: > 1 } started ? started : null,
            Enforcements = enforcements,
        };
    }

    /// <summary>What a container has used, as callers see it; nothing where it ended while it was asked.</summary>
    public static ComputeStatistics Of(ContainerStatistics used, DateTimeOffset now) => used.Cpu?.Usage is not { Total: > 0 } cpu
        ? new(now)
        : new(now, cpu.Total, InUse(used.Memory), used.Networks?.Values.Sum(n => n.Received), used.Networks?.Values.Sum(n => n.Sent));

    /// <summary>What happened to it, the newest first. Only what the engine calls it and how it ended: its attributes hold what the compute was made from.</summary>
    public static IReadOnlyList<VimEvent> Events(IEnumerable<EngineEvent> told) =>
    [
        .. told.Where(e => e.Action is { Length: > 0 } action && !action.StartsWith("exec_", StringComparison.Ordinal)).Select(e =>
        {
            var action = e.Action!.Split(':')[0];
            var ended = e.Actor?.Attributes?.GetValueOrDefault("exitCode") is { Length: > 0 } code ? $" with {code}" : "";
            var at = e.TimeNano > 0 ? DateTimeOffset.UnixEpoch.AddTicks(e.TimeNano / 100) : DateTimeOffset.FromUnixTimeSeconds(e.Time);
            var isWarning = action is "oom" || e.Action.EndsWith("unhealthy", StringComparison.Ordinal) || (action is "die" or "died" && ended is not (" with 0" or ""));
            return new VimEvent(at, action, $"the engine says: {(action == "health_status" ? e.Action : action)}{ended}", isWarning);
        }).OrderByDescending(e => e.At).Take(VimEvent.MaxListed),
    ];

    // Without files that were read and may be forgotten: v1 counts those of the whole tree apart, v2 knows only the tree.
    private static long? InUse(MemoryStatistics? memory) => memory?.Usage is not { } usage ? null
        : Math.Max(0, usage - (memory.Stats?.GetValueOrDefault("total_inactive_file", memory.Stats.GetValueOrDefault("inactive_file")) ?? 0));

    /// <summary>Whether something of it runs, or is about to by the engine's restart policy.</summary>
    public static bool IsLive(ContainerDetails? container) => container?.State.Status is "running" or "restarting" or "paused" or "stopping";

    private static (ComputeState State, string Reason) StateOf(ContainerRecord record, ContainerDetails? container) =>
        record.Deleting ? (ComputeState.Deleting, "it is being deleted")
        : record.Desired == PowerState.Stopped
            ? IsLive(container) ? (ComputeState.Running, "it was asked to stop and has not ended yet") : (ComputeState.Stopped, "it was stopped on request")
        : record.GaveUp is { } why ? (ComputeState.Failed, why)
        : container is null ? (ComputeState.Creating, record.StartPending ? "its container is being made" : "its container was removed from outside; it is made again")
        : container.State.Status switch
        {
            "running" or "stopping" => (ComputeState.Running, "its container runs" + (container.State.Health?.Status is { Length: > 0 } and not "none" and var health ? $"; its health check says {health}" : "")),
            "paused" => (ComputeState.Running, "its container was paused from outside"),
            "restarting" => (ComputeState.Failed, $"{How(record, container)}; it is being started again"),
            "exited" or "stopped" or "dead" when !record.StartPending => Ended(record, container),
            _ => (ComputeState.Creating, "its container is being started"),
        };

    private static (ComputeState State, string Reason) Ended(ContainerRecord record, ContainerDetails container) =>
        StartsAgain(record.Spec.RestartPolicy, container.State.ExitCode)
            ? (ComputeState.Failed, $"{How(record, container)}; it is being started again")
            : (container.State.ExitCode == 0 ? ComputeState.Stopped : ComputeState.Failed, $"{How(record, container)}; not started again, by its restart policy");

    /// <summary>Whether the policy wants it started again.</summary>
    public static bool StartsAgain(RestartPolicy policy, int exitCode) =>
        policy == RestartPolicy.Always || (policy == RestartPolicy.OnFailure && exitCode != 0);

    private static string How(ContainerRecord record, ContainerDetails container) => container.State.ExitCode switch
    {
        _ when container.State.OomKilled => $"exited with {container.State.ExitCode}: killed for memory, its limit is {record.Spec.Resources.MemoryMib} MiB",
        137 => "exited with 137: killed, by somebody or for memory",
        126 => "exited with 126: its program could not be executed (see its log)",
        127 => "exited with 127: its program was not found (see its log)",
        var code and > 128 and < 193 => $"exited with {code}: killed by signal {code - 128}",
        var code => $"exited with {code}",
    };
}
