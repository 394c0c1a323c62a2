using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Connection;

namespace Mano.VimAdapters.Kubernetes.Charts;

/// <summary>What a cluster serves, by its own word (discovery).</summary>
internal sealed class ChartKinds
{
    private readonly Dictionary<(string ApiVersion, string Kind), ResourceKind> kinds = [];

    private ChartKinds(string version) => KubeVersion = version;

    /// <summary>The cluster's version, as v1.31.0.</summary>
    public string KubeVersion { get; }

    /// <summary>As helm wants to know them: apps/v1, and apps/v1/Deployment.</summary>
    public IReadOnlyList<string> ApiVersions => [.. kinds.Keys.SelectMany(k => new[] { k.ApiVersion, $"{k.ApiVersion}/{k.Kind}" }).Distinct().Order(StringComparer.Ordinal)];

    public ResourceKind? Find(string apiVersion, string kind) => kinds.GetValueOrDefault((apiVersion, kind));

    public static async Task<ChartKinds> ReadAsync(KubeApi api, CancellationToken cancellationToken)
    {
        var version = await api.ReadAsync("/version", KubeJson.Default.KubeVersion, cancellationToken);
        var found = new ChartKinds(version.GitVersion?.Split('-', '+')[0] ?? "v1.30.0");
        var groups = await api.ReadAsync("/apis", KubeJson.Default.ApiGroups, cancellationToken);
        var versions = (groups.Groups ?? []).SelectMany(g => (g.Versions ?? []).Select(v => v.GroupVersion)).OfType<string>();
        foreach (var (apiVersion, resources) in await Task.WhenAll(versions.Prepend("v1").Select(v => ResourcesAsync(api, v, cancellationToken))))
        {
            var (group, number) = apiVersion.Split('/') is [var g, var n] ? (g, n) : ("", apiVersion);
            foreach (var resource in resources.Where(r => !r.Name.Contains('/', StringComparison.Ordinal)))
            {
                found.kinds[(apiVersion, resource.Kind)] = new(group, number, resource.Kind, resource.Name, resource.Namespaced);
            }
        }

        return found;
    }

    private static async Task<(string ApiVersion, IReadOnlyList<ApiResource> Resources)> ResourcesAsync(KubeApi api, string apiVersion, CancellationToken cancellationToken)
    {
        try
        {
            var path = apiVersion.Contains('/', StringComparison.Ordinal) ? $"/apis/{apiVersion}" : $"/api/{apiVersion}";
            return (apiVersion, (await api.ReadAsync(path, KubeJson.Default.ApiResources, cancellationToken)).Resources ?? []);
        }
        catch (ApiRefusedException)
        {
            // A group whose own server is away (an aggregated API): the others are there.
            return (apiVersion, []);
        }
    }
}
