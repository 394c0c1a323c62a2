using System.Text.Json.Nodes;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Keeping;
using Mano.VimAdapters.Kubernetes.Objects;
using Mano.VimAdapters.Kubernetes.Records;
using Mano.VimAdapters.Kubernetes.States;

namespace Mano.VimAdapters.Kubernetes.Charts;

/// <summary>Moves a compute that is a chart: hooks and objects in helm's order when it is made, the other way round when it goes.</summary>
internal sealed class ChartMover(KubernetesParts parts, ChartShelf shelf, ObjectApplier applier, ObjectRemover remover, HookRunner hooks)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    /// <summary>Does what can be done now; what a hook must do first is waited for by looking again.</summary>
    public async Task<StoredRecord> MoveAsync(StoredRecord stored, bool all, CancellationToken cancellationToken)
    {
        if (stored.Record.Ended is not null || (stored.Record.Applied == stored.Record.Revision && !all && stored.Record.HooksDone.Contains(Settled)))
        {
            return stored;
        }

        await parts.Spaces.EnsureAsync(stored.Record.Spec!.Labels.Tenant, cancellationToken);
        var manifest = await shelf.EnsureAsync(stored.Record, cancellationToken);
        foreach (var settings in parts.Objects.ChartSettings(stored.Record))
        {
            await applier.EnsureAsync(stored.Record, settings, cancellationToken);
        }

        var before = await hooks.RunAsync(stored, manifest, HookTime.PreInstall, cancellationToken);
        if (before.Waits is not null)
        {
            return await EndIfFailedAsync(before, cancellationToken);
        }

        stored = await ApplyAsync(before.Stored, manifest, all, cancellationToken);
        var after = await hooks.RunAsync(stored, manifest, HookTime.PostInstall, cancellationToken);
        return after.Waits is not null ? await EndIfFailedAsync(after, cancellationToken)
            : after.Stored.Record.HooksDone.Contains(Settled) ? after.Stored
            : await PutAsync(after.Stored, r => r with { HooksDone = [.. r.HooksDone, Settled] }, cancellationToken);
    }

    /// <summary>Runs the hooks of the end and removes everything; returns when it is gone.</summary>
    public async Task RemoveAsync(StoredRecord stored, CancellationToken cancellationToken)
    {
        var record = stored.Record;
        var manifest = await shelf.FindAsync(record, cancellationToken);
        IReadOnlyList<ResourceKind> kinds = [.. ComputeObjects.Kinds.Concat((manifest?.Objects ?? []).Concat((manifest?.Hooks ?? []).Select(h => h.Intended)).Select(o => o.Kind)).Append(ResourceKind.Claim).Distinct()];
        if (manifest is not null && record.Applied.Length > 0)
        {
            stored = await HooksAsync(stored, manifest, HookTime.PreDelete, cancellationToken);
            await remover.RemoveAsync(record.ComputeId, record.Namespace, kinds, cancellationToken, $",!{ComputeMark.HookLabel}");
            await HooksAsync(stored, manifest, HookTime.PostDelete, cancellationToken);
        }

        await remover.RemoveAsync(record.ComputeId, record.Namespace, kinds, cancellationToken);
        await shelf.ForgetAsync(record, cancellationToken);
    }

    /// <summary>What the cluster has of it.</summary>
    public async Task<ClusterState> SeeAsync(KubeRecord record, CancellationToken cancellationToken)
    {
        var selector = $"{parts.Mark.SelectorOf(ComputeMark.KeyOf(record.ComputeId))},!{ComputeMark.HookLabel}";
        var workloads = new[] { ResourceKind.Deployment, ResourceKind.StatefulSet, ResourceKind.DaemonSet }
            .Select(kind => parts.Api.ListAsync(kind, record.Namespace, selector, KubeJson.Default.ListOfWorkload, cancellationToken)).ToArray();
        var pods = parts.Api.ListAsync(ResourceKind.Pod, record.Namespace, selector, KubeJson.Default.ListOfPod, cancellationToken);
        var services = parts.Api.ListAsync(ResourceKind.Service, record.Namespace, selector, KubeJson.Default.ListOfService, cancellationToken);
        await Task.WhenAll([.. workloads, pods, services]);
        return new([.. (await Task.WhenAll(workloads)).SelectMany(w => w.Items)], (await pods).Items, (await services).Items);
    }

    /// <summary>Stands among the done hooks when all of the installation is.</summary>
    public const string Settled = "installed";

    private async Task<StoredRecord> ApplyAsync(StoredRecord stored, ChartManifest manifest, bool all, CancellationToken cancellationToken)
    {
        var record = stored.Record;
        if (record.Applied == record.Revision && !all)
        {
            return stored;
        }

        foreach (var intended in manifest.Objects)
        {
            await applier.EnsureAsync(record, record.ShallRun ? intended : Stopped(intended), cancellationToken);
        }

        return record.Applied == record.Revision ? stored : await PutAsync(stored, r => r with { Applied = r.Revision }, cancellationToken);
    }

    // What a Deployment or StatefulSet asks for is taken back; other kinds cannot stand still.
    private static IntendedObject Stopped(IntendedObject intended)
    {
        if (intended.Kind.Kind is not ("Deployment" or "StatefulSet"))
        {
            return intended;
        }

        var intent = (JsonObject)intended.Intent.DeepClone();
        intent["spec"]!["replicas"] = 0;
        return intended with { Intent = intent };
    }

    private async Task<StoredRecord> HooksAsync(StoredRecord stored, ChartManifest manifest, HookTime time, CancellationToken cancellationToken)
    {
        var started = parts.Clock.GetTimestamp();
        while (true)
        {
            // A hook of the end that fails does not keep the compute: what must go goes.
            var progress = await hooks.RunAsync(stored, manifest, time, cancellationToken);
            stored = progress.Stored;
            if (progress.Waits is null || progress.Failed is not null)
            {
                return stored;
            }

            if (parts.Clock.GetElapsedTime(started) >= parts.Options.DeletePatience)
            {
                throw VimFailures.DoesNotGo(stored.Record.ComputeId, $"It waits for a hook of its chart: {progress.Waits}.").ToException();
            }

            await Task.Delay(Step, parts.Clock, cancellationToken);
        }
    }

    private async Task<StoredRecord> EndIfFailedAsync(HookProgress progress, CancellationToken cancellationToken) => progress.Failed is { } why
        ? await PutAsync(progress.Stored, r => r with { Ended = why, ExitCode = 1 }, cancellationToken)
        : progress.Stored;

    private async Task<StoredRecord> PutAsync(StoredRecord stored, Func<KubeRecord, KubeRecord> change, CancellationToken cancellationToken) =>
        await parts.Records.TryPutAsync(stored, change(stored.Record), cancellationToken)
        ?? throw RecordTable.Moved(stored.Record.ComputeId);
}
