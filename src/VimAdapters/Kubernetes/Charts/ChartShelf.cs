using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Images;
using Mano.VimAdapters.Kubernetes.Objects;
using Mano.VimAdapters.Kubernetes.Records;

namespace Mano.VimAdapters.Kubernetes.Charts;

/// <summary>
/// What a compute's chart rendered to when it was made, kept in the cluster beside its record: rendering again may give
/// something else (random passwords), and whoever deletes the compute must know what there is.
/// </summary>
internal sealed class ChartShelf(KubernetesParts parts, HelmProgram? helm, ImageShelf images)
{
    private const string Field = "manifest.yaml.gz";
    private const string SecretType = "mano/chart-manifest";
    private const int MaxBytes = 900_000;

    /// <summary>The manifest of a compute, rendered if that was not done yet.</summary>
    public async Task<ChartManifest> EnsureAsync(KubeRecord record, CancellationToken cancellationToken)
    {
        var kinds = await ChartKinds.ReadAsync(parts.Api, cancellationToken);
        if (await StoredAsync(record, cancellationToken) is { } known)
        {
            return Read(known, record, kinds);
        }

        var rendered = await RenderAsync(record, kinds, cancellationToken);
        var manifest = Read(rendered, record, kinds);
        try
        {
            await parts.Api.CreateAsync(ResourceKind.Secret, parts.Mark.Home, SecretOf(record, rendered), KubeJson.Default.KubeObject, cancellationToken);
            return manifest;
        }
        catch (Connection.ApiRefusedException e) when (e.IsAlreadyExists)
        {
            return Read(await StoredAsync(record, cancellationToken) ?? rendered, record, kinds);
        }
    }

    /// <summary>The manifest of a compute that is to go; null: it was never rendered.</summary>
    public async Task<ChartManifest?> FindAsync(KubeRecord record, CancellationToken cancellationToken) =>
        await StoredAsync(record, cancellationToken) is { } known ? Read(known, record, await ChartKinds.ReadAsync(parts.Api, cancellationToken)) : null;

    public async Task ForgetAsync(KubeRecord record, CancellationToken cancellationToken)
    {
        if (await SecretAsync(record, cancellationToken) is { } secret)
        {
            await parts.Api.DeleteIfAnyAsync(ResourceKind.Secret, secret.Metadata, cancellationToken, "Background");
        }
    }

    private ChartManifest Read(string rendered, KubeRecord record, ChartKinds kinds) => ChartManifest.Read(rendered, record, parts.Mark, kinds, parts.Options.ChartKinds);

    private async Task<string> RenderAsync(KubeRecord record, ChartKinds kinds, CancellationToken cancellationToken)
    {
        var image = record.Spec!.Images[0];
        RequestRules.Refuse(helm is null ? VimFailures.Cannot(KubernetesVim.AdapterName, "charts", "no helm program was found") : null);
        RequestRules.Refuse(images.Find(image.Digest) is null ? VimFailures.NoImage(record.ComputeId, image.Digest) : null);
        var order = new ChartOrder(images.ContentOf(image.Digest), ComputePod.Name(record), record.Namespace, record.Spec.ChartValues, kinds.KubeVersion, kinds.ApiVersions);
        return await helm!.RenderAsync(order, image.Digest, cancellationToken);
    }

    private Task<KubeSecret?> SecretAsync(KubeRecord record, CancellationToken cancellationToken) =>
        parts.Api.FindAsync(ResourceKind.Secret, parts.Mark.Home, NameOf(record), KubeJson.Default.KubeSecret, cancellationToken);

    private async Task<string?> StoredAsync(KubeRecord record, CancellationToken cancellationToken)
    {
        if (await SecretAsync(record, cancellationToken) is not { } secret || !parts.Mark.IsOurs(secret.Metadata) || secret.Data.GetValueOrDefault(Field) is not { } data)
        {
            return null;
        }

        using var unpacked = new GZipStream(new MemoryStream(Convert.FromBase64String(data)), CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked, Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    private JsonObject SecretOf(KubeRecord record, string rendered)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zip.Write(Encoding.UTF8.GetBytes(rendered));
        }

        if (packed.Length > MaxBytes)
        {
            throw Failure.InvalidInput("VIM_CHART", $"What the chart renders to is {packed.Length} bytes when packed; at most {MaxBytes} are kept.", $"compute/{record.ComputeId}").ToException();
        }

        return new()
        {
            ["apiVersion"] = "v1", ["kind"] = "Secret", ["type"] = SecretType,
            ["metadata"] = new JsonObject
            {
                ["name"] = NameOf(record), ["namespace"] = parts.Mark.Home,
                ["labels"] = new JsonObject
                {
                    [ComputeMark.OwnerLabel] = parts.Mark.Owner, [ComputeMark.HomeLabel] = parts.Mark.Home, [ComputeMark.ComputeLabel] = ComputeMark.KeyOf(record.ComputeId),
                    [ComputeMark.RecordLabel] = "manifest", [ComputeMark.ManagedBy] = "mano",
                },
                ["annotations"] = ComputeObjects.Texts(ComputeMark.NotesOf(record)),
            },
            ["data"] = new JsonObject { [Field] = Convert.ToBase64String(packed.ToArray()) },
        };
    }

    // One a life: what another life left behind is not taken for this one's.
    private string NameOf(KubeRecord record) => FormattableString.Invariant($"mano-manifest-{parts.Mark.Owner}-{ComputeMark.KeyOf(record.ComputeId)}-{record.Life}");
}
