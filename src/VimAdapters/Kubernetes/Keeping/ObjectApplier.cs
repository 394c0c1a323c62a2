using System.Text.Json.Nodes;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Connection;
using Mano.VimAdapters.Kubernetes.Objects;
using Mano.VimAdapters.Kubernetes.Records;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.Kubernetes.Keeping;

/// <summary>Puts an object into the cluster as it shall be; one of somebody else is left alone.</summary>
internal sealed class ObjectApplier(KubeApi api, ComputeMark mark, ILogger logger)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);
    private const int Patience = 20;

    /// <summary>Sees to it that the object is there and has our fields. Says whether it had to be made.</summary>
    public async Task<bool> EnsureAsync(KubeRecord record, IntendedObject intended, CancellationToken cancellationToken)
    {
        var key = ComputeMark.KeyOf(record.ComputeId);
        for (var attempt = 0; ; attempt++)
        {
            var found = await api.FindAsync(intended.Kind, intended.Namespace, intended.Name, KubeJson.Default.KubeObject, cancellationToken);
            RequestRules.Refuse(found is null || mark.Bears(found.Metadata, key) ? null : ApiFailures.Foreign(record.ComputeId, intended.Kind, found.Metadata));
            RequestRules.Refuse(found?.Metadata.DeletionTimestamp is null ? null : VimFailures.BeingDeleted(record.ComputeId));
            try
            {
                await ApplyAsync(record, intended, found?.Metadata, cancellationToken);
                return found is null;
            }
            catch (ApiRefusedException e) when (IsPassing(e) && attempt < Patience)
            {
                await Task.Delay(Step, api.Connection.Clock, cancellationToken);
            }
        }
    }

    private async Task ApplyAsync(KubeRecord record, IntendedObject intended, ObjectMeta? found, CancellationToken cancellationToken)
    {
        var intent = (JsonObject)intended.Intent.DeepClone();
        if (found is not null)
        {
            // Exactly the one that was looked at: one made by somebody in between is refused, not taken over.
            intent["metadata"]!["uid"] = found.Uid;
        }

        try
        {
            await api.ApplyAsync(intended.Kind, intended.Namespace, intended.Name, intent, force: false, KubeJson.Default.KubeObject, cancellationToken);
        }
        catch (ApiRefusedException e) when (e.IsConflict && found is not null && e.Causes.Count > 0)
        {
            // It bears our mark, and the patch holds our fields alone: whoever changed those changed what is not theirs.
            Log.Forced(logger, intended.Kind.Kind, intended.Namespace, intended.Name, record.ComputeId, ApiFailures.OneLine(e.Message));
            await api.ApplyAsync(intended.Kind, intended.Namespace, intended.Name, intent, force: true, KubeJson.Default.KubeObject, cancellationToken);
        }
    }

    // A namespace that was just made has no service account yet, without which no pod is let in; and an object that was there a moment ago may be gone.
    private static bool IsPassing(ApiRefusedException refused) =>
        (refused.Status == System.Net.HttpStatusCode.Forbidden && refused.Message.Contains("serviceaccount", StringComparison.OrdinalIgnoreCase) && refused.Message.Contains("not found", StringComparison.OrdinalIgnoreCase))
        || refused.IsConflict;
}
