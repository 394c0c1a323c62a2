using System.Globalization;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Objects;
using Mano.VimAdapters.Kubernetes.Records;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.Kubernetes.Keeping;

/// <summary>An object that is still there.</summary>
internal sealed record Remaining(ResourceKind Kind, ObjectMeta Meta);

/// <summary>Removes what bears a compute's mark, and waits until it is really gone.</summary>
internal sealed class ObjectRemover(KubeApi api, ComputeMark mark, KubernetesOptions options, ILogger logger)
{
    private const string Foreground = "foregroundDeletion";
    private static readonly TimeSpan FirstStep = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastStep = TimeSpan.FromSeconds(1);

    /// <summary>Removes all of a compute; returns when nothing is left, and says what is in the way when that takes too long.</summary>
    public async Task RemoveAsync(string computeId, string space, IReadOnlyList<ResourceKind> kinds, CancellationToken cancellationToken, string alsoLabels = "")
    {
        var (started, step, look) = (api.Connection.Clock.GetTimestamp(), FirstStep, kinds);
        while (true)
        {
            var remaining = await RemainsAsync(ComputeMark.KeyOf(computeId), space, look, cancellationToken, alsoLabels);
            if (remaining.Count == 0)
            {
                return;
            }

            await DeleteAsync(remaining, cancellationToken);
            if (api.Connection.Clock.GetElapsedTime(started) >= options.DeletePatience)
            {
                var why = Why(remaining);
                Log.DoesNotGo(logger, computeId, options.DeletePatience, why);
                throw VimFailures.DoesNotGo(computeId, why).ToException();
            }

            await Task.Delay(step, api.Connection.Clock, cancellationToken);
            step = step * 2 > LastStep ? LastStep : step * 2;
            look = [.. kinds.Where(k => k == ResourceKind.Pod || remaining.Any(r => r.Kind == k))];
        }
    }

    /// <summary>Removes what came after its compute was deleted; does not wait.</summary>
    public async Task SweepAsync(string key, string space, CancellationToken cancellationToken)
    {
        var remaining = await RemainsAsync(key, space, ComputeObjects.Kinds, cancellationToken);
        foreach (var stray in remaining.Where(r => r.Meta.DeletionTimestamp is null))
        {
            Log.RemovedStray(logger, stray.Kind.Kind, stray.Meta.Namespace, stray.Meta.Name);
        }

        await DeleteAsync(remaining, cancellationToken);
    }

    /// <summary>Removes its pods alone; does not wait.</summary>
    public async Task RemovePodsAsync(string key, string space, CancellationToken cancellationToken) =>
        await DeleteAsync(await RemainsAsync(key, space, [ResourceKind.Pod], cancellationToken), cancellationToken);

    private async Task<IReadOnlyList<Remaining>> RemainsAsync(string key, string space, IReadOnlyList<ResourceKind> kinds, CancellationToken cancellationToken, string alsoLabels = "")
    {
        var lists = await Task.WhenAll(kinds.Select(async kind =>
        {
            var (items, _) = await api.ListAsync(kind, space, mark.SelectorOf(key) + alsoLabels, KubeJson.Default.ListOfAny, cancellationToken);

            // The record itself is a Secret with the same mark, in a namespace that may be the same.
            return items.Where(i => i.Metadata.LabelOf(ComputeMark.RecordLabel) is null).Select(i => new Remaining(kind, i.Metadata));
        }));
        return [.. lists.SelectMany(l => l)];
    }

    private async Task DeleteAsync(IReadOnlyList<Remaining> remaining, CancellationToken cancellationToken)
    {
        foreach (var one in remaining.Where(r => r.Meta.DeletionTimestamp is null))
        {
            await api.DeleteIfAnyAsync(one.Kind, one.Meta, cancellationToken);
        }
    }

    /// <summary>What is in the way, in a person's words: a finalizer of somebody's, else a pod whose node does not end it.</summary>
    public static string Why(IReadOnlyList<Remaining> remaining)
    {
        var held = remaining.FirstOrDefault(r => r.Meta.Finalizers.Any(f => f != Foreground && !f.StartsWith("kubernetes.io/", StringComparison.Ordinal)))
            ?? remaining.FirstOrDefault(r => r.Kind == ResourceKind.Pod) ?? remaining[0];
        var finalizers = held.Meta.Finalizers.Where(f => f != Foreground).ToArray();
        var others = remaining.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({remaining.Count - 1} more wait for it or beside it)");
        var name = $"{held.Kind} {held.Meta.Namespace}/{held.Meta.Name}";
        return finalizers.Length > 0
            ? $"{name} is held by finalizer {string.Join(", ", finalizers)}{others}; whoever set it must take it away."
            : held.Kind == ResourceKind.Pod
                ? $"{name} is still ending{others}; if its node is lost, remove the node or force the pod's deletion."
                : $"{name} is still being deleted{others}; is the cluster's controller manager running?";
    }
}
