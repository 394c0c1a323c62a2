using System.Text.Json;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Connection;
using Mano.VimAdapters.Kubernetes.Records;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.Kubernetes.Keeping;

/// <summary>
/// Follows all objects of a kind that bear our mark: lists them, watches from the version of the list, resumes a watch
/// that ended from the last version it told (events and bookmarks tell one), and lists again where that version is forgotten.
/// </summary>
/// <param name="parts">The connection.</param>
/// <param name="kind">What is followed.</param>
/// <param name="space">Where; empty: everywhere.</param>
/// <param name="labels">Which of them.</param>
/// <param name="seen">Told the key of the compute, and whether there is an object that is not on its way out.</param>
/// <param name="logger">Hears of lost servers and lists.</param>
internal sealed class ResourceFollower(KubernetesParts parts, ResourceKind kind, string space, string labels, Action<string, bool> seen, ILogger logger)
{
    private readonly HashSet<string> known = [];
    private bool away;

    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        string? version = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                version ??= await ListAsync(cancellationToken);
                Answers();
                version = await WatchAsync(version, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is FailureException or ApiRefusedException)
            {
                await LostAsync(e, cancellationToken);
            }
        }
    }

    private async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        var (items, version) = await parts.Api.ListAsync(kind, space, labels, KubeJson.Default.ListOfAny, cancellationToken);
        var before = known.ToArray();
        known.Clear();
        foreach (var item in items)
        {
            Tell(item.Metadata, isThere: true);
        }

        // What was there and is not listed went while nobody watched.
        foreach (var gone in before.Where(k => !known.Contains(k)))
        {
            seen(gone, false);
        }

        return version;
    }

    /// <summary>The version to go on from; null: it is forgotten, and all must be listed.</summary>
    private async Task<string?> WatchAsync(string version, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var line in parts.Api.WatchAsync(kind, space, labels, version, cancellationToken))
            {
                if (line.Type == "ERROR")
                {
                    var status = line.Object.Deserialize(KubeJson.Default.ApiStatus);
                    throw status?.ToException((System.Net.HttpStatusCode)(status.Code ?? 500), $"WATCH {kind.PathOf(space)}") ?? throw new JsonException("an error without a status");
                }

                var meta = line.Object.Deserialize(KubeJson.Default.KubeObject)?.Metadata ?? new();
                version = meta.ResourceVersion.Length > 0 ? meta.ResourceVersion : version;
                if (line.Type != "BOOKMARK")
                {
                    Tell(meta, line.Type != "DELETED");
                }
            }

            return version;
        }
        catch (ApiRefusedException e) when (e.IsGone)
        {
            Log.Relisted(logger, kind.Kind);
            return null;
        }
        catch (FailureException e) when (e.Failure.Kind == FailureKind.Unavailable)
        {
            await LostAsync(e, cancellationToken);
            return version;
        }
    }

    private void Tell(ObjectMeta meta, bool isThere)
    {
        if (meta.LabelOf(ComputeMark.ComputeLabel) is { } key)
        {
            known.Add(key);
            seen(key, isThere && meta.DeletionTimestamp is null && meta.LabelOf(ComputeMark.RecordLabel) is null);
        }
    }

    private async Task LostAsync(Exception e, CancellationToken cancellationToken)
    {
        if (!away)
        {
            away = true;
            Log.Away(logger, $"{kind}: {e.Message}");
        }

        await Task.Delay(parts.Options.PollInterval, parts.Clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Answers()
    {
        if (away)
        {
            away = false;
            Log.Back(logger);
        }
    }
}
