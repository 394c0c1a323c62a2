using System.Collections.Concurrent;
using Mano.Mesh.State;

namespace Mano.Meo.Onboarding;

/// <summary>Contents of onboarded packages, read once: they never change, and an id is never used again.</summary>
internal sealed class PackageContents(IStateStore store)
{
    private const int MostRemembered = 1000;
    private readonly ConcurrentDictionary<string, PackageContentRecord> _known = new(StringComparer.Ordinal);

    /// <summary>Null if the package is gone, or not onboarded.</summary>
    internal async ValueTask<PackageContentRecord?> Get(string tenant, string appPkgId, CancellationToken cancel)
    {
        var key = PackageKeys.Content(tenant, appPkgId);
        if (_known.TryGetValue(key, out var known))
        {
            return known;
        }

        if (await store.Get(key, OnboardingJson.Default.PackageContentRecord, cancel) is not { } found)
        {
            return null;
        }

        if (_known.Count >= MostRemembered)
        {
            _known.Clear();
        }

        return _known[key] = found.Value;
    }

    internal void Forget(string tenant, string appPkgId) => _known.TryRemove(PackageKeys.Content(tenant, appPkgId), out _);

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
