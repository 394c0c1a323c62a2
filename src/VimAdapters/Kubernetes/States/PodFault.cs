using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes.Api;

namespace Mano.VimAdapters.Kubernetes.States;

/// <summary>What a pod does now, in a person's words.</summary>
/// <param name="State">As callers see it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Since">With a fault that may still mend: since when it is there; null: it is none.</param>
/// <param name="IsFinal">Whether only a person can mend it, so that patience is of no use.</param>
/// <param name="IsSlow">Whether it is no fault yet, but may be one that only events tell: since when it is so.</param>
internal readonly record struct PodReading(ComputeState State, string Reason, DateTimeOffset? Since = null, bool IsFinal = false, bool IsSlow = false);

/// <summary>Reads pods: states, and the reasons that the scheduler and the kubelet give. Pure.</summary>
internal static class PodFault
{
    private static readonly HashSet<string> PullFaults = ["ErrImagePull", "ImagePullBackOff", "RegistryUnavailable", "ImageInspectError", "SignatureValidationFailed"];
    private static readonly HashSet<string> NeverPulled = ["InvalidImageName", "ErrImageNeverPull"];
    private static readonly HashSet<string> ConfigFaults = ["CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreStartHookError", "PostStartHookError", "ContainerCannotRun", "StartError"];

    /// <summary>What a pod that is not on its way out does.</summary>
    public static PodReading Read(KubePod pod, long memoryMib)
    {
        var status = pod.Status ?? new();
        return status.Phase switch
        {
            "Running" => Running(pod, status, memoryMib),
            "Succeeded" => new(ComputeState.Stopped, "it ended with 0", IsFinal: true),
            "Failed" => new(ComputeState.Failed, Failed(status, memoryMib), IsFinal: true),
            "Unknown" => new(ComputeState.Failed, $"its node {pod.Spec?.NodeName} does not answer: {status.Message ?? "nobody knows whether it runs"}"),
            _ => Pending(pod, status, memoryMib),
        };
    }

    /// <summary>How often its containers were started again.</summary>
    public static int Restarts(KubePod pod) => pod.Status?.ContainerStatuses.Sum(c => c.RestartCount) ?? 0;

    /// <summary>When it was last started; null while nothing of it runs.</summary>
    public static DateTimeOffset? StartedAt(KubePod pod) => pod.Status?.ContainerStatuses.Select(c => c.State?.Running?.StartedAt).Max();

    /// <summary>How its first failed container ended last; else how the first ended; null: none has.</summary>
    public static TerminatedState? LastEnd(KubePod pod)
    {
        var ends = (pod.Status?.ContainerStatuses ?? []).Select(c => c.State?.Terminated ?? c.LastState?.Terminated).OfType<TerminatedState>().ToArray();
        return ends.FirstOrDefault(e => e.ExitCode != 0) ?? ends.FirstOrDefault();
    }

    /// <summary>How something ended, in a person's words.</summary>
    public static string How(TerminatedState end, long memoryMib) => end.ExitCode switch
    {
        _ when end.Reason == "OOMKilled" => $"exited with {end.ExitCode}: killed for memory (OOMKilled)" + (memoryMib > 0 ? $", its limit is {memoryMib} MiB" : ""),
        _ when end.Reason is "ContainerCannotRun" or "StartError" => $"exited with {end.ExitCode}: its program could not be started: {ApiFailures.OneLine(end.Message ?? "")}",
        137 => "exited with 137: killed, by somebody or for memory",
        126 => "exited with 126: its program could not be executed (see its log)",
        127 => "exited with 127: its program was not found (see its log)",
        var code and > 128 and < 193 => $"exited with {code}: killed by signal {code - 128}",
        var code => $"exited with {code}",
    };

    private static PodReading Running(KubePod pod, PodStatus status, long memoryMib)
    {
        foreach (var container in status.ContainerStatuses)
        {
            if (container.State?.Waiting is { } waiting)
            {
                return Waiting(pod, container, waiting, memoryMib);
            }

            if (container.State?.Terminated is { } ended && (ended.ExitCode != 0 || status.ContainerStatuses.Count == 1))
            {
                return new(ComputeState.Failed, $"{Prefix(status, container)}{How(ended, memoryMib)}; it is being started again");
            }
        }

        var unready = status.ContainerStatuses.Where(c => !c.Ready).Select(c => c.Name).ToArray();
        return new(ComputeState.Running, status.ContainerStatuses.Count == 0 ? $"its pod runs on node {pod.Spec?.NodeName}"
            : unready.Length == 0 ? $"it runs on node {pod.Spec?.NodeName}" : $"it runs on node {pod.Spec?.NodeName}; its readiness probe says not ready yet ({string.Join(", ", unready)})");
    }

    private static PodReading Pending(KubePod pod, PodStatus status, long memoryMib)
    {
        if (status.Conditions.FirstOrDefault(c => c is { Type: "PodScheduled", Status: "False" }) is { } unscheduled)
        {
            var since = unscheduled.LastTransitionTime ?? pod.Metadata.CreationTimestamp;
            return unscheduled.Reason == "SchedulingGated"
                ? new(ComputeState.Creating, "something in the cluster holds its scheduling back (SchedulingGated)", since)
                : new(ComputeState.Creating, $"no node takes it ({unscheduled.Reason ?? "Unschedulable"}): {ApiFailures.OneLine(unscheduled.Message ?? "the scheduler gives no reason")}", since);
        }

        foreach (var container in status.InitContainerStatuses.Concat(status.ContainerStatuses))
        {
            if (container.State?.Waiting is { Reason: not ("ContainerCreating" or "PodInitializing" or null) } waiting)
            {
                return Waiting(pod, container, waiting, memoryMib);
            }

            if (container.State?.Terminated is { ExitCode: not 0 } ended)
            {
                return new(ComputeState.Creating, $"{Prefix(status, container)}{How(ended, memoryMib)}", pod.Status?.StartTime ?? pod.Metadata.CreationTimestamp);
            }
        }

        var began = status.StartTime ?? pod.Metadata.CreationTimestamp;
        return pod.Spec?.NodeName is { Length: > 0 } node ? new(ComputeState.Creating, $"node {node} is making it", began, IsSlow: true)
            : new(ComputeState.Creating, "it waits for the scheduler", began, IsSlow: true);
    }

    private static PodReading Waiting(KubePod pod, ContainerStatus container, WaitingState waiting, long memoryMib)
    {
        var (reason, said) = (waiting.Reason ?? "", ApiFailures.OneLine(waiting.Message ?? ""));
        var since = pod.Status?.StartTime ?? pod.Metadata.CreationTimestamp;
        if (reason == "CrashLoopBackOff")
        {
            var how = container.LastState?.Terminated is { } end ? How(end, memoryMib) : "it ends again and again";
            return new(ComputeState.Failed, $"{Prefix(pod.Status!, container)}{how}; it is started again, later each time (CrashLoopBackOff, {container.RestartCount} restarts so far)");
        }

        return NeverPulled.Contains(reason) ? new(ComputeState.Failed, $"image {container.Image} cannot be used ({reason}): {said}", IsFinal: true)
            : PullFaults.Contains(reason) ? new(ComputeState.Creating, $"image {container.Image} cannot be pulled ({reason}): {said}", since)
            : ConfigFaults.Contains(reason) ? new(ComputeState.Creating, $"its container cannot be made ({reason}): {said}{Remedy(said)}", since)
            : new(ComputeState.Creating, reason.Length == 0 ? "its container is being made" : $"its container waits ({reason}){(said.Length > 0 ? $": {said}" : "")}");
    }

    private static string Failed(PodStatus status, long memoryMib)
    {
        if (status.Reason is { Length: > 0 } reason)
        {
            return reason == "Evicted" ? $"its node evicted it: {ApiFailures.OneLine(status.Message ?? "")}" : $"its pod failed ({reason}): {ApiFailures.OneLine(status.Message ?? "")}";
        }

        var ended = status.ContainerStatuses.FirstOrDefault(c => c.State?.Terminated is { ExitCode: not 0 });
        return ended?.State?.Terminated is { } end ? Prefix(status, ended) + How(end, memoryMib) : "its pod failed, and says no more";
    }

    private static string Remedy(string said) => said.Contains("run as root", StringComparison.OrdinalIgnoreCase) || said.Contains("runAsNonRoot", StringComparison.Ordinal)
        ? ". The image runs as root: set RunAsUser to a user of it, or PodSecurity=Baseline" : "";

    private static string Prefix(PodStatus status, ContainerStatus container) => status.ContainerStatuses.Count + status.InitContainerStatuses.Count > 1 ? $"container {container.Name}: " : "";
}
