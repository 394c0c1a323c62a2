using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Records;

namespace Mano.VimAdapters.Kubernetes.States;

/// <summary>What the cluster has of a compute.</summary>
/// <param name="Workloads">What makes its pods; none for a bare pod.</param>
/// <param name="Pods">Its pods, those on their way out too.</param>
/// <param name="Services">Its services.</param>
internal sealed record ClusterState(IReadOnlyList<KubeWorkload> Workloads, IReadOnlyList<KubePod> Pods, IReadOnlyList<KubeService> Services)
{
    /// <summary>The newest warning, where only an event tells what is wrong; null: none, or not looked for.</summary>
    public KubeEvent? Warning { get; init; }

    public static readonly ClusterState Nothing = new([], [], []);

    /// <summary>Pods that are not on their way out: the newest first.</summary>
    public IReadOnlyList<KubePod> Live => [.. Pods.Where(p => p.Metadata.DeletionTimestamp is null).OrderByDescending(p => p.Metadata.CreationTimestamp)];
}

/// <summary>How long what is waited for has been waited for.</summary>
/// <param name="Now">The time.</param>
/// <param name="OfFaults">For a fault that may mend.</param>
/// <param name="OfStarts">For a start that is slow without a fault being told.</param>
internal readonly record struct Patience(DateTimeOffset Now, TimeSpan OfFaults, TimeSpan OfStarts);

/// <summary>What a compute is now, from what was intended and what the cluster has. Pure.</summary>
internal static class ComputeView
{
    /// <summary>The compute as callers see it.</summary>
    public static Compute Of(KubeRecord record, ClusterState state, IReadOnlyList<Enforcement> enforcements, Patience patience)
    {
        var (computeState, reason) = StateOf(record, state, patience);
        var pod = Main(state);
        var end = pod is null ? null : PodFault.LastEnd(pod);
        return new()
        {
            ComputeId = record.ComputeId,
            Spec = record.Spec!,
            OperationNumber = record.Fence.Last,
            State = computeState,
            Reason = reason,
            Addresses = Addresses(state),
            RestartCount = record.ShallRun ? state.Live.Sum(PodFault.Restarts) : 0,
            ExitCode = record.Ended is not null ? record.ExitCode : end?.ExitCode,
            CreatedAt = record.CreatedAt,
            StartedAt = pod is null ? null : PodFault.StartedAt(pod),
            Enforcements = enforcements,
        };
    }

    /// <summary>The pod that tells most: one that runs before one that does not, the newest of them.</summary>
    public static KubePod? Main(ClusterState state) =>
        state.Live.OrderByDescending(p => p.Status?.Phase == "Running").FirstOrDefault() ?? (state.Pods is [var last, ..] ? last : null);

    /// <summary>How it ended with 0 and is not to be started again, where its pods would be; null: it did not.</summary>
    public static int? EndedWell(KubeRecord record, ClusterState state) =>
        record is { ShallRun: true, Spec.RestartPolicy: RestartPolicy.OnFailure, Kind: WorkloadKind.Deployment or WorkloadKind.StatefulSet }
        && state.Live is [{ Status.ContainerStatuses: [var container, ..] }, ..]
        && (container.State?.Terminated ?? (container.State?.Running is null ? container.LastState?.Terminated : null)) is { ExitCode: 0 }
            ? 0 : null;

    private static (ComputeState State, string Reason) StateOf(KubeRecord record, ClusterState state, Patience patience)
    {
        if (record.Deleting)
        {
            return (ComputeState.Deleting, "it is being deleted");
        }

        if (!record.ShallRun)
        {
            return state.Pods.Any(p => p.Status?.Phase is not ("Succeeded" or "Failed")) && record.Ended is null
                ? (ComputeState.Running, "it was asked to stop and has not ended yet")
                : record.Ended is { } why ? (record.ExitCode == 0 ? ComputeState.Stopped : ComputeState.Failed, why)
                : (ComputeState.Stopped, "it was stopped on request");
        }

        if (record.Kind == WorkloadKind.Chart && record.Applied != record.Revision)
        {
            return (ComputeState.Creating, record.Applied.Length == 0 ? "its chart is being installed" : "its chart is being started");
        }

        var live = state.Live;
        if (live.Count == 0)
        {
            return WithoutPods(record, state, patience);
        }

        var readings = live.Select(p => PodFault.Read(p, record.Spec!.Resources.MemoryMib)).ToArray();
        return record.Kind == WorkloadKind.Chart ? Chart(state, readings, patience) : Told(record, readings[0], state.Warning, patience);
    }

    private static (ComputeState State, string Reason) Told(KubeRecord record, PodReading reading, KubeEvent? warning, Patience patience) =>
        record.Kind == WorkloadKind.Pod && reading.IsFinal
            ? (reading.State, reading.Reason + "; not started again, by its restart policy")
            : Patient(reading, warning, patience);

    // A chart runs when all of its pods do; the worst of them says why it does not.
    private static (ComputeState State, string Reason) Chart(ClusterState state, PodReading[] readings, Patience patience)
    {
        var told = readings.Where(r => r.State != ComputeState.Stopped).Select(r => Patient(r, state.Warning, patience)).ToArray();
        var missing = state.Workloads.Sum(w => Math.Max(0, Wanted(w) - (w.Status?.UpdatedReplicas ?? w.Status?.Replicas ?? w.Status?.NumberReady ?? 0)));
        return told.FirstOrDefault(t => t.State == ComputeState.Failed) is { Reason: not null } failed ? failed
            : told.FirstOrDefault(t => t.State == ComputeState.Creating) is { Reason: not null } creating ? creating
            : missing > 0 ? WithoutPods(state, patience, $"{missing} of its pods are not made yet")
            : told.Length > 0 ? (ComputeState.Running, $"{told.Length} pods of its chart run")
            : (ComputeState.Stopped, "all pods of its chart ended with 0");
    }

    private static int Wanted(KubeWorkload workload) => workload.Spec?.Replicas ?? workload.Status?.DesiredNumberScheduled ?? 0;

    private static (ComputeState State, string Reason) WithoutPods(KubeRecord record, ClusterState state, Patience patience) =>
        record.Kind == WorkloadKind.Pod && record.PodMadeFor == record.Start
            ? state.Pods.Count > 0
                ? (ComputeState.Failed, "its pod is being removed from outside; not started again, by its restart policy")
                : (ComputeState.Failed, "its pod was removed from outside, or its node was lost; not started again, by its restart policy")
            : record.Kind == WorkloadKind.Chart && state.Workloads.Count > 0 && state.Workloads.All(w => Wanted(w) == 0)
                ? (ComputeState.Stopped, "its chart asks for no pod")
            : record.Kind == WorkloadKind.Chart && state.Workloads.Count == 0 && record.Applied == record.Revision
                ? (ComputeState.Running, "its chart has nothing that runs; its objects are there")
            : state.Pods.Select(p => p.Metadata.DeletionTimestamp).Min() is { } ending
                ? Patient(new(ComputeState.Creating, $"its last pod, on node {state.Pods[0].Spec?.NodeName}, is still ending; if that node is lost, remove it from the cluster, or force the pod's deletion", ending), null, patience)
            : WithoutPods(state, patience, "its pod is being made");

    private static (ComputeState State, string Reason) WithoutPods(ClusterState state, Patience patience, string otherwise)
    {
        var refused = state.Workloads.SelectMany(w => w.Status?.Conditions ?? []).FirstOrDefault(c => c is { Type: "ReplicaFailure", Status: "True" });
        return refused is null
            ? state.Warning is { Reason: "FailedCreate" } told
                ? Patient(new(ComputeState.Creating, $"its pod is refused ({told.Reason}): {ApiFailures.OneLine(told.Message ?? "")}", told.FirstTimestamp ?? told.At), null, patience)
                : (ComputeState.Creating, otherwise)
            : Patient(new(ComputeState.Creating, $"its pod is refused ({refused.Reason}): {ApiFailures.OneLine(refused.Message ?? "")}", refused.LastTransitionTime), null, patience);
    }

    /// <summary>A fault that has lasted for longer than the patience is one that will not mend by itself.</summary>
    private static (ComputeState State, string Reason) Patient(PodReading reading, KubeEvent? warning, Patience patience)
    {
        var lasts = reading.Since is { } since ? patience.Now - since : TimeSpan.Zero;
        var reason = reading.IsSlow && warning is not null && lasts >= patience.OfFaults ? $"{reading.Reason}; the last warning ({warning.Reason}): {ApiFailures.OneLine(warning.Message ?? "")}" : reading.Reason;
        return reading is { State: ComputeState.Creating, Since: not null } && lasts >= (reading.IsSlow ? patience.OfStarts : patience.OfFaults) ? (ComputeState.Failed, reason) : (reading.State, reason);
    }

    private static IReadOnlyList<string> Addresses(ClusterState state) =>
    [
        .. state.Services.SelectMany(s => s.Status?.LoadBalancer?.Ingress ?? []).Select(i => i.Ip).OfType<string>(),
        .. state.Services.Select(s => s.Spec?.ClusterIp).OfType<string>().Where(a => a is not ("" or "None")),
        .. state.Services.Count > 0 ? [] : state.Live.Select(p => p.Status?.PodIp).OfType<string>().Where(a => a.Length > 0),
    ];
}
