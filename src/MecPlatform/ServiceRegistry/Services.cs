using System.Collections.Immutable;

namespace Mano.MecPlatform.ServiceRegistry;

/// <summary>A MEC service that an application consumes (MEC 010-2 ServiceDependency).</summary>
/// <param name="SerName">Its name.</param>
/// <param name="Version">Empty: any.</param>
internal sealed record ServiceDependency(string SerName, string Version)
{
    public bool IsMetBy(ProducedService service) => service.SerName == SerName && (Version.Length == 0 || service.Version == Version);
}

/// <summary>A MEC service that an application produces (MEC 010-2 ServiceDescriptor).</summary>
internal sealed record ProducedService(string SerName, string Version, IReadOnlyList<string> TransportTypes);

/// <summary>Which services are to be had here: those of instances in service.</summary>
internal sealed class Services
{
    private readonly Lock gate = new();
    private ImmutableSortedDictionary<string, IReadOnlyList<ProducedService>> byInstance =
        ImmutableSortedDictionary.Create<string, IReadOnlyList<ProducedService>>(StringComparer.Ordinal);

    public IReadOnlyList<ProducedService> All => [.. byInstance.Values.SelectMany(own => own)];

    /// <summary>Offers exactly these services of the instance; true if that changed anything.</summary>
    public bool Offer(string appInstanceId, IReadOnlyList<ProducedService> produced)
    {
        lock (gate)
        {
            var before = byInstance.GetValueOrDefault(appInstanceId, []);
            byInstance = produced.Count == 0 ? byInstance.Remove(appInstanceId) : byInstance.SetItem(appInstanceId, produced);
            return !ReferenceEquals(before, produced) && (before.Count > 0 || produced.Count > 0);
        }
    }

    /// <summary>Those of the dependencies that nobody offers at the moment.</summary>
    public IReadOnlyList<ServiceDependency> Missing(IReadOnlyList<ServiceDependency> required)
    {
        if (required.Count == 0)
        {
            return [];
        }

        var offered = All;
        return [.. required.Where(r => !offered.Any(r.IsMetBy))];
    }
}
