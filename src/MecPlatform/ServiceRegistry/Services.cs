using System.Collections.Immutable;
using System.Text.Json;

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

/// <summary>
/// Which services are to be had here: what instances in service produce by their AppD, and what is registered over Mp1.
/// Where an instance registers a service that its AppD declares, the registration is the truth of it: one that is
/// INACTIVE or SUSPENDED is not to be had.
/// </summary>
internal sealed class Services
{
    private readonly Lock gate = new();
    private ImmutableSortedDictionary<string, IReadOnlyList<ProducedService>> declared =
        ImmutableSortedDictionary.Create<string, IReadOnlyList<ProducedService>>(StringComparer.Ordinal);

    private ImmutableSortedDictionary<string, ServiceRegistration> registered =
        ImmutableSortedDictionary.Create<string, ServiceRegistration>(StringComparer.Ordinal);

    public IReadOnlyList<ProducedService> All
    {
        get
        {
            var (byAppD, byMp1) = (declared, registered);
            var spokenFor = byMp1.Values.Select(r => (r.AppInstanceId, r.Service.SerName)).ToHashSet();
            return
            [
                .. byAppD.SelectMany(own => own.Value.Where(s => !spokenFor.Contains((own.Key, s.SerName)))),
                .. byMp1.Values.Where(r => r.Service.State == ServiceState.Active).Select(Produced),
            ];
        }
    }

    /// <summary>Offers exactly these services of the instance; true if that changed anything.</summary>
    public bool Offer(string appInstanceId, IReadOnlyList<ProducedService> produced)
    {
        lock (gate)
        {
            var before = declared.GetValueOrDefault(appInstanceId, []);
            declared = produced.Count == 0 ? declared.Remove(appInstanceId) : declared.SetItem(appInstanceId, produced);
            return !ReferenceEquals(before, produced) && (before.Count > 0 || produced.Count > 0);
        }
    }

    /// <summary>Something became of a registered service.</summary>
    public void Took(ServiceEvent happened)
    {
        var service = happened.Registration;
        lock (gate)
        {
            registered = happened.Change == ServiceChange.Removed ? registered.Remove(service.Id) : registered.SetItem(service.Id, service);
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

    private static ProducedService Produced(ServiceRegistration registration) => new(
        registration.Service.SerName!, registration.Service.Version!, registration.Service.TransportInfo?.Type is { } type ? [Spelled(type)] : []);

    private static string Spelled(TransportType type) => JsonSerializer.SerializeToElement(type, ServiceJson.Default.TransportType).GetString()!;
}
