using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Charts;
using Mano.VimAdapters.Kubernetes.Objects;
using Mano.VimAdapters.Kubernetes.Records;
using Mano.VimAdapters.Kubernetes.States;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.Kubernetes.Keeping;

/// <summary>Moves what the cluster has of a compute to what its record says. Every step may be repeated, and may have been done half.</summary>
internal sealed class ComputeMover(KubernetesParts parts, ObjectApplier applier, ObjectRemover remover, ChartMover charts, ILogger logger)
{
    /// <summary>Controllers try again with a back-off of at most a quarter of an hour, and tell each time.</summary>
    private static readonly TimeSpan StillTrue = TimeSpan.FromMinutes(17);

    /// <summary>Makes the objects be what the record says; with <paramref name="all"/> also those that only somebody else can have changed.</summary>
    public async Task<StoredRecord> MoveAsync(StoredRecord stored, bool all, CancellationToken cancellationToken)
    {
        var record = stored.Record;
        if (record.Kind == WorkloadKind.Chart)
        {
            return await charts.MoveAsync(stored, all, cancellationToken);
        }

        var running = await WorkloadAsync(record, cancellationToken);
        var isDone = running?.Metadata is { DeletionTimestamp: null } meta && meta.Annotations.GetValueOrDefault(ComputeMark.RevisionNote) == record.Revision;
        if (record.Kind == WorkloadKind.Pod)
        {
            return await MovePodAsync(stored, running, isDone, all, cancellationToken);
        }

        if (!isDone || all)
        {
            await ApplyAsync(record, parts.Objects.Of(record), mends: isDone, cancellationToken);
        }

        return stored;
    }

    /// <summary>Removes all of a compute; returns when it is gone.</summary>
    public Task RemoveAsync(StoredRecord stored, CancellationToken cancellationToken) => stored.Record.Kind == WorkloadKind.Chart
        ? charts.RemoveAsync(stored, cancellationToken)
        : remover.RemoveAsync(stored.Record.ComputeId, stored.Record.Namespace, ComputeObjects.Kinds, cancellationToken);

    /// <summary>What the cluster has of it now.</summary>
    public async Task<ClusterState> SeeAsync(KubeRecord record, CancellationToken cancellationToken)
    {
        if (record.Kind == WorkloadKind.Chart)
        {
            return await charts.SeeAsync(record, cancellationToken);
        }

        var selector = parts.Mark.SelectorOf(ComputeMark.KeyOf(record.ComputeId));
        var pods = parts.Api.ListAsync(ResourceKind.Pod, record.Namespace, selector, KubeJson.Default.ListOfPod, cancellationToken);
        var services = parts.Api.ListAsync(ResourceKind.Service, record.Namespace, selector, KubeJson.Default.ListOfService, cancellationToken);
        var workload = record.Kind == WorkloadKind.Pod ? null
            : await parts.Api.FindAsync(ComputeObjects.WorkloadOf(record), record.Namespace, ComputePod.Name(record), KubeJson.Default.KubeWorkload, cancellationToken);
        var state = new ClusterState(workload is null ? [] : [workload], (await pods).Items, (await services).Items);
        return record.ShallRun && Unexplained(record, workload, state) is { } silent
            ? state with { Warning = await WarningAsync(record, silent, cancellationToken) } : state;
    }

    // A StatefulSet tells why it makes no pod, and a node why it does not come on with one (mounts, networks), by events alone.
    private ObjectMeta? Unexplained(KubeRecord record, KubeWorkload? workload, ClusterState state) =>
        record.Kind == WorkloadKind.StatefulSet && state.Pods.Count == 0 ? workload?.Metadata
        : state.Live is [{ Status.Phase: "Pending" } pod, ..] && parts.Clock.GetUtcNow() - pod.Metadata.CreationTimestamp >= parts.Options.FaultPatience ? pod.Metadata
        : null;

    private async Task<KubeEvent?> WarningAsync(KubeRecord record, ObjectMeta silent, CancellationToken cancellationToken)
    {
        try
        {
            var (events, _) = await parts.Api.ListAsync(ResourceKind.Event, record.Namespace, "", KubeJson.Default.ListOfEvent, cancellationToken, $"involvedObject.uid={silent.Uid}");
            return events.Where(e => e.Type == "Warning" && parts.Clock.GetUtcNow() - e.At < StillTrue).MaxBy(e => e.At);
        }
        catch (Connection.ApiRefusedException)
        {
            // Events are not for us: it is told without a reason.
            return null;
        }
    }

    private async Task<KubeObject?> WorkloadAsync(KubeRecord record, CancellationToken cancellationToken) =>
        await parts.Api.FindAsync(ComputeObjects.WorkloadOf(record), record.Namespace, ComputePod.Name(record), KubeJson.Default.KubeObject, cancellationToken);

    private async Task<StoredRecord> MovePodAsync(StoredRecord stored, KubeObject? pod, bool isDone, bool all, CancellationToken cancellationToken)
    {
        var record = stored.Record;
        var objects = parts.Objects.Of(record);
        if (pod is not null && !isDone)
        {
            // Of an earlier start, or one that shall not run: when it is gone, the look that its end wakes makes the new one.
            await remover.RemovePodsAsync(ComputeMark.KeyOf(record.ComputeId), record.Namespace, cancellationToken);
            return stored;
        }

        // A bare pod that was made for this start and is gone stays gone: it is not to be started again.
        var makes = pod is null && record.ShallRun && record.PodMadeFor != record.Start;
        if (makes || all)
        {
            await ApplyAsync(record, [.. objects.Where(o => o.Kind != ResourceKind.Pod || makes)], mends: !makes, cancellationToken);
        }

        return record.ShallRun && record.PodMadeFor != record.Start
            ? await parts.Records.TryPutAsync(stored, record with { PodMadeFor = record.Start }, cancellationToken) ?? throw RecordTable.Moved(record.ComputeId)
            : stored;
    }

    private async Task ApplyAsync(KubeRecord record, IReadOnlyList<IntendedObject> objects, bool mends, CancellationToken cancellationToken)
    {
        await parts.Spaces.EnsureAsync(record.Spec!.Labels.Tenant, cancellationToken);
        var made = new List<string>();
        foreach (var intended in objects)
        {
            if (await applier.EnsureAsync(record, intended, cancellationToken))
            {
                made.Add($"{intended.Kind} {intended.Name}");
            }
        }

        if (mends && made.Count > 0)
        {
            Log.Mended(logger, record.ComputeId, string.Join(", ", made));
        }
    }
}
