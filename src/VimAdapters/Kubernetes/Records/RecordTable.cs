using System.Text.Json;
using System.Text.Json.Nodes;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Connection;

namespace Mano.VimAdapters.Kubernetes.Records;

/// <summary>A record and the version in which it was read.</summary>
internal sealed record StoredRecord(KubeRecord Record, ObjectMeta Meta);

/// <summary>
/// The records, each in a Secret of the home namespace: a Secret, because a spec's environment and boot data may hold
/// passwords. Written only over the version that was read; whoever loses reads again and decides anew.
/// </summary>
internal sealed class RecordTable(KubeApi api, ComputeMark mark)
{
    public const string SecretType = "mano/compute-record";

    /// <summary>The reason of <see cref="Moved"/>.</summary>
    public const string MovedReason = "VIM_RECORD_MOVED";

    private const string Field = "record";

    /// <summary>Chooses the records.</summary>
    public string Selector => $"{mark.Selector},{ComputeMark.RecordLabel}=compute";

    public async Task<StoredRecord?> FindAsync(string computeId, CancellationToken cancellationToken) => await FindByKeyAsync(ComputeMark.KeyOf(computeId), cancellationToken) is { } stored
        ? stored.Record.ComputeId == computeId ? stored : throw Unreadable(stored.Meta.Name, $"it is of compute {stored.Record.ComputeId}")
        : null;

    public async Task<StoredRecord?> FindByKeyAsync(string key, CancellationToken cancellationToken) =>
        await api.FindAsync(ResourceKind.Secret, mark.Home, mark.RecordName(key), KubeJson.Default.KubeSecret, cancellationToken) is { } secret ? Parsed(secret) : null;

    public async Task<IReadOnlyList<StoredRecord>> AllAsync(CancellationToken cancellationToken) =>
        [.. (await api.ListAsync(ResourceKind.Secret, mark.Home, Selector, KubeJson.Default.ListOfSecret, cancellationToken)).Items.Select(Parsed)];

    /// <summary>Writes a record over the one that was read, or as the first of its key; null where somebody else was faster.</summary>
    public async Task<StoredRecord?> TryPutAsync(StoredRecord? before, KubeRecord record, CancellationToken cancellationToken)
    {
        var secret = SecretOf(record, before?.Meta);
        try
        {
            var written = before is null
                ? await api.CreateAsync(ResourceKind.Secret, mark.Home, secret, KubeJson.Default.KubeSecret, cancellationToken)
                : await api.ReplaceAsync(ResourceKind.Secret, mark.Home, before.Meta.Name, secret, KubeJson.Default.KubeSecret, cancellationToken);
            return new(record, written.Metadata);
        }
        catch (ApiRefusedException e) when (e.IsConflict || e.IsAlreadyExists || (before is not null && e.IsNotFound))
        {
            return null;
        }
    }

    /// <summary>Somebody else was faster: whoever decides reads again.</summary>
    public static FailureException Moved(string computeId) =>
        Failure.Conflict(MovedReason, "Something else changed its record at the same time; ask again.", $"compute/{computeId}").ToException();

    /// <summary>Removes a record that still is as it was read.</summary>
    public Task ForgetAsync(StoredRecord stored, CancellationToken cancellationToken) =>
        api.DeleteIfAnyAsync(ResourceKind.Secret, stored.Meta, cancellationToken, "Background", onlyAsRead: true);

    private JsonObject SecretOf(KubeRecord record, ObjectMeta? before)
    {
        var key = ComputeMark.KeyOf(record.ComputeId);
        var meta = new JsonObject
        {
            ["name"] = mark.RecordName(key),
            ["namespace"] = mark.Home,
            ["labels"] = new JsonObject
            {
                [ComputeMark.OwnerLabel] = mark.Owner, [ComputeMark.HomeLabel] = mark.Home, [ComputeMark.ComputeLabel] = key, [ComputeMark.RecordLabel] = "compute",
                [ComputeMark.ManagedBy] = "mano",
            },
            ["annotations"] = new JsonObject { [ComputeMark.ComputeIdNote] = record.ComputeId },
        };
        if (before is not null)
        {
            (meta["resourceVersion"], meta["uid"]) = (before.ResourceVersion, before.Uid);
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(record, KubeRecordJson.Default.KubeRecord);
        return new()
        {
            ["apiVersion"] = "v1", ["kind"] = "Secret", ["metadata"] = meta, ["type"] = SecretType,
            ["data"] = new JsonObject { [Field] = Convert.ToBase64String(bytes) },
        };
    }

    private StoredRecord Parsed(KubeSecret secret)
    {
        if (!mark.IsOurs(secret.Metadata) || secret.Data.GetValueOrDefault(Field) is not { } text)
        {
            throw Unreadable(secret.Metadata.Name, "it does not bear our labels");
        }

        try
        {
            return new(JsonSerializer.Deserialize(Convert.FromBase64String(text), KubeRecordJson.Default.KubeRecord) ?? throw new JsonException("it is null"), secret.Metadata);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw Unreadable(secret.Metadata.Name, e.Message);
        }
    }

    private FailureException Unreadable(string name, string why) => Failure.Internal("VIM_RECORD",
        $"Secret {mark.Home}/{name} is where a record of ours should be, and is none: {why}. If it is nobody's, delete it.", KubernetesVim.AdapterName).ToException();
}
