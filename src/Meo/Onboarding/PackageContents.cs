using System.Collections.Concurrent;
using Mano.Mesh.State;

namespace Mano.Meo.Onboarding;

/// <summary>
/// Contents of onboarded packages, parsed once: they never change. Where other replicas may delete a package and make another of its id, the
/// version is looked at each time.
/// </summary>
internal sealed class PackageContents(IStateStore store, OnboardingOptions options)
{
    private const int MostRemembered = 1000;
    private readonly ConcurrentDictionary<string, Stored<PackageContentRecord>> _known = new(StringComparer.Ordinal);

    /// <summary>Null if the package is gone, or not onboarded.</summary>
    internal async ValueTask<PackageContentRecord?> Get(string tenant, string appPkgId, CancellationToken cancel)
    {
        var key = PackageKeys.Content(tenant, appPkgId);
        if (_known.TryGetValue(key, out var known) && !options.IsShared)
        {
            return known.Value;
        }

        if (await store.Get(key, cancel) is not { } found)
        {
            return null;
        }

        if (known?.Version == found.Version)
        {
            return known.Value;
        }

        if (_known.Count >= MostRemembered)
        {
            _known.Clear();
        }

        return (_known[key] = found.As(OnboardingJson.Default.PackageContentRecord)).Value;
    }

    internal void Forget(string tenant, string appPkgId) => _known.TryRemove(PackageKeys.Content(tenant, appPkgId), out _);

    /// <summary>Files that a tenant's packages keep, each once, with its bytes.</summary>
    internal async Task<Dictionary<string, long>> KeptBy(string tenant, CancellationToken cancel)
    {
        var kept = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var content in store.ScanAll(PackageKeys.ContentsOf(tenant), OnboardingJson.Default.PackageContentRecord, cancel))
        {
            foreach (var (sha256, bytes) in content.Value.Sizes)
            {
                kept[sha256] = bytes;
            }
        }

        return kept;
    }

    /// <summary>Digests of every file that some package keeps.</summary>
    internal async Task<HashSet<string>> DigestsInUse(CancellationToken cancel)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var content in store.ScanAll(PackageKeys.Contents, OnboardingJson.Default.PackageContentRecord, cancel))
        {
            used.UnionWith(content.Value.Kept);
        }

        return used;
    }
}
