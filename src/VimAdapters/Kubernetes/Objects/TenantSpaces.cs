using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Connection;
using Mano.VimAdapters.Kubernetes.Records;

namespace Mano.VimAdapters.Kubernetes.Objects;

/// <summary>The namespaces: one a tenant, or one for all. They are made when needed, and left standing when empty: others may have put things there.</summary>
internal sealed class TenantSpaces(KubeApi api, ComputeMark mark, KubernetesOptions options)
{
    private readonly ConcurrentDictionary<string, bool> seen = new();

    /// <summary>Where the computes can be: everywhere, or in one namespace.</summary>
    public string Scope => options.ManageNamespaces ? "" : mark.Home;

    /// <summary>The namespace of a tenant.</summary>
    public string Of(string tenant) => options.ManageNamespaces ? ComputeMark.NamespaceOf(options.NamespacePrefix, tenant) : mark.Home;

    /// <summary>Sees to it that the namespace of our records is there.</summary>
    public Task EnsureHomeAsync(CancellationToken cancellationToken) =>
        options.ManageNamespaces && !seen.ContainsKey(mark.Home) ? EnsureAsync(mark.Home, null, cancellationToken) : Task.CompletedTask;

    /// <summary>Sees to it that the namespace of a tenant is there, and is that tenant's.</summary>
    public Task EnsureAsync(string tenant, CancellationToken cancellationToken) =>
        options.ManageNamespaces && !seen.ContainsKey(Of(tenant)) ? EnsureAsync(Of(tenant), tenant, cancellationToken) : Task.CompletedTask;

    /// <summary>Looks again before the next use: the namespace may have gone.</summary>
    public void Forget() => seen.Clear();

    private async Task EnsureAsync(string name, string? tenant, CancellationToken cancellationToken)
    {
        var found = await api.FindAsync(ResourceKind.Namespace, "", name, KubeJson.Default.KubeObject, cancellationToken);
        if (found is null)
        {
            try
            {
                found = await api.CreateAsync(ResourceKind.Namespace, "", Intent(name, tenant), KubeJson.Default.KubeObject, cancellationToken);
            }
            catch (ApiRefusedException e) when (e.IsAlreadyExists)
            {
                found = await api.FindAsync(ResourceKind.Namespace, "", name, KubeJson.Default.KubeObject, cancellationToken);
            }
        }

        Check(name, tenant, found?.Metadata);
        seen[name] = true;
    }

    private void Check(string name, string? tenant, ObjectMeta? found)
    {
        if (found is null || found.DeletionTimestamp is not null)
        {
            throw Failure.Conflict("VIM_BUSY", $"Namespace {name} is being deleted; ask again when it is gone.", $"namespace/{name}").ToException();
        }

        // Records may lie in a namespace of somebody else, the site's own most likely; computes lie in ours.
        if (tenant is not null && (!mark.IsOurs(found) || found.Annotations.GetValueOrDefault(ComputeMark.TenantNote) != tenant))
        {
            throw Failure.AlreadyExists("VIM_FOREIGN_OBJECT",
                $"Namespace {name} is there already and is not tenant {tenant}'s by our labels; it is left alone. Remove it, or give this adapter another NamespacePrefix.", $"namespace/{name}").ToException();
        }
    }

    private JsonObject Intent(string name, string? tenant)
    {
        var labels = new JsonObject { [ComputeMark.OwnerLabel] = mark.Owner, [ComputeMark.HomeLabel] = mark.Home, [ComputeMark.ManagedBy] = "mano" };
        var meta = new JsonObject { ["name"] = name, ["labels"] = labels };
        if (tenant is not null)
        {
            labels[ComputeMark.TenantLabel] = ComputeMark.Label(tenant);
            labels["pod-security.kubernetes.io/enforce"] = options.PodSecurity == PodSecurity.Restricted ? "restricted" : "baseline";
            meta["annotations"] = new JsonObject { [ComputeMark.TenantNote] = tenant };
        }

        return new() { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = meta };
    }
}
