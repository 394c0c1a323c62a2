using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Keeping;
using Mano.VimAdapters.Kubernetes.Objects;
using Mano.VimAdapters.Kubernetes.Records;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.Kubernetes.Charts;

/// <summary>Where the hooks of a time are.</summary>
/// <param name="Stored">The record, with the hooks that are done.</param>
/// <param name="Waits">What is waited for; null: all are done.</param>
/// <param name="Failed">Why one failed; null: none has.</param>
internal sealed record HookProgress(StoredRecord Stored, string? Waits = null, string? Failed = null);

/// <summary>Runs a chart's hooks one after the other, by weight; each call does what can be done now and does not wait.</summary>
internal sealed class HookRunner(KubernetesParts parts, ObjectApplier applier, ILogger logger)
{
    private const string RunNote = "mano/hook-run";

    public async Task<HookProgress> RunAsync(StoredRecord stored, ChartManifest manifest, HookTime time, CancellationToken cancellationToken)
    {
        foreach (var hook in manifest.Hooks.Where(h => h.Times.Contains(time)))
        {
            var (intended, key) = (hook.Intended, $"{time}/{hook.Intended.Kind}/{hook.Intended.Name}");
            if (stored.Record.HooksDone.Contains(key))
            {
                continue;
            }

            var (isDone, failed) = await StepAsync(stored.Record, hook, time, cancellationToken);
            if (failed is not null || !isDone)
            {
                return new(stored, $"hook {intended.Kind} {intended.Name} ({time}) runs", failed is null ? null : $"hook {intended.Kind} {intended.Name} ({time}) failed: {failed}");
            }

            stored = await parts.Records.TryPutAsync(stored, stored.Record with { HooksDone = [.. stored.Record.HooksDone, key] }, cancellationToken)
                ?? throw RecordTable.Moved(stored.Record.ComputeId);
        }

        return new(stored);
    }

    private async Task<(bool IsDone, string? Failed)> StepAsync(KubeRecord record, ChartHook hook, HookTime time, CancellationToken cancellationToken)
    {
        var (intended, run) = (hook.Intended, $"{time}/{record.Revision}");
        var found = await parts.Api.FindAsync(intended.Kind, intended.Namespace, intended.Name, KubeJson.Default.KubeJob, cancellationToken);
        if (found is not null && parts.Mark.Bears(found.Metadata, ComputeMark.KeyOf(record.ComputeId)) && found.Metadata.Annotations.GetValueOrDefault(RunNote) != run)
        {
            // Of an earlier time: it goes first (before-hook-creation, which is also helm's default).
            await parts.Api.DeleteIfAnyAsync(intended.Kind, found.Metadata, cancellationToken);
            return (false, null);
        }

        if (found is null)
        {
            Log.HookRuns(logger, $"{intended.Kind} {intended.Name}", record.ComputeId, time.ToString());
            var intent = (System.Text.Json.Nodes.JsonObject)intended.Intent.DeepClone();
            intent["metadata"]!["annotations"]![RunNote] = run;
            await applier.EnsureAsync(record, intended with { Intent = intent }, cancellationToken);
            return (intended.Kind.Kind is not ("Job" or "Pod"), null);
        }

        var (isDone, failed) = await EndAsync(intended.Kind, found, cancellationToken);
        if ((isDone && hook.DeletePolicy.Contains("hook-succeeded")) || (failed is not null && hook.DeletePolicy.Contains("hook-failed")))
        {
            await parts.Api.DeleteIfAnyAsync(intended.Kind, found.Metadata, cancellationToken);
        }

        return (isDone, failed);
    }

    private async Task<(bool IsDone, string? Failed)> EndAsync(ResourceKind kind, KubeJob found, CancellationToken cancellationToken)
    {
        if (kind.Kind == "Pod")
        {
            var pod = await parts.Api.FindAsync(kind, found.Metadata.Namespace, found.Metadata.Name, KubeJson.Default.KubePod, cancellationToken);
            var phase = pod?.Status?.Phase;
            return phase == "Succeeded" ? (true, null) : phase == "Failed" ? (false, States.PodFault.Read(pod!, 0).Reason) : (false, Late(found));
        }

        var conditions = found.Status?.Conditions ?? [];
        return kind.Kind != "Job" || conditions.Any(c => c is { Type: "Complete", Status: "True" }) ? (true, null)
            : conditions.FirstOrDefault(c => c is { Type: "Failed", Status: "True" }) is { } end ? (false, $"{end.Reason}: {ApiFailures.OneLine(end.Message ?? "")}")
            : (false, Late(found));
    }

    private string? Late(KubeObject hook) => parts.Clock.GetUtcNow() - hook.Metadata.CreationTimestamp > parts.Options.HookTimeout
        ? $"it has not ended within {parts.Options.HookTimeout} (HookTimeout)" : null;
}
