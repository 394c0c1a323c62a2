using System.Text.Json.Serialization;
using Mano.Mesh.State;

namespace Mano.MecPlatform.ServiceRegistry;

/// <summary>Keeps registrations and subscriptions over a crash. This process is the only writer, so no version is expected.</summary>
internal sealed class ServiceStore(IStateStore store)
{
    private const string Services = "platform-service/";
    private const string Subscriptions = "platform-service-subscription/";

    public async Task<(IReadOnlyList<ServiceRegistration> Services, IReadOnlyList<ServiceSubscription> Subscriptions)> LoadAll(CancellationToken cancel)
    {
        var services = new List<ServiceRegistration>();
        await foreach (var stored in store.ScanAll(Services, ServiceJson.Default.ServiceRegistration, cancel))
        {
            services.Add(stored.Value);
        }

        var subscriptions = new List<ServiceSubscription>();
        await foreach (var stored in store.ScanAll(Subscriptions, ServiceJson.Default.ServiceSubscription, cancel))
        {
            subscriptions.Add(stored.Value);
        }

        return (services, subscriptions);
    }

    /// <summary>Durable when it returns.</summary>
    public Task Save(ServiceRegistration service) => Commit(new Batch().Put(KeyOf(service), service, ServiceJson.Default.ServiceRegistration));

    /// <summary>Durable when it returns.</summary>
    public Task Save(ServiceSubscription subscription) => Commit(new Batch().Put(KeyOf(subscription), subscription, ServiceJson.Default.ServiceSubscription));

    public async Task Delete(IEnumerable<ServiceRegistration> services, IEnumerable<ServiceSubscription> subscriptions)
    {
        foreach (var keys in services.Select(KeyOf).Concat(subscriptions.Select(KeyOf)).Chunk(Batch.MaxKeys))
        {
            var batch = new Batch();
            foreach (var key in keys)
            {
                batch.Delete(key);
            }

            await Commit(batch);
        }
    }

    private static string KeyOf(ServiceRegistration service) => $"{Services}{service.Tenant}/{service.AppInstanceId}/{service.Id}";

    private static string KeyOf(ServiceSubscription subscription) => $"{Subscriptions}{subscription.Tenant}/{subscription.AppInstanceId}/{subscription.Id}";

    private async Task Commit(Batch batch) => (await store.Commit(batch)).OrThrow();
}

/// <summary>How registrations are kept and shown.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServiceRegistration))]
[JsonSerializable(typeof(ServiceSubscription))]
[JsonSerializable(typeof(ServiceInfo[]))]
[JsonSerializable(typeof(TransportInfo[]))]
internal sealed partial class ServiceJson : JsonSerializerContext;
