using Mano.Meo.Replicas;
using Mano.Mesh.Discovery;
using Mano.Mesh.Hosting;
using Mano.Mesh.Ids;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;

namespace Mano.Meo.Discovery;

/// <summary>Composes the capability; without Consul nothing of it exists.</summary>
internal static class DiscoveryRegistration
{
    /// <summary>Registers this replica with Consul, and follows the sites there.</summary>
    public static IServiceCollection AddCatalogue(this IServiceCollection services, MeoOptions options)
    {
        if (options.Discovery is not { } discovery)
        {
            return services;
        }

        DiscoveryFlags.CheckAddress(discovery, options.Listen, options.Replica.Advertise);
        return services
            .AddDiscovery(discovery, options.Listen, s => Describe(options, s))
            .AddServiceWatch(discovery, ServiceNames.Mepm)
            .AddSingleton<ISiteQuestions, SiteQuestions>()
            .AddHostedService<CatalogueFollower>();
    }

    private static ServiceDescription Describe(MeoOptions options, IServiceProvider services) => new(
        $"{ServiceNames.Meo}-{options.Replica.Name}",
        ServiceNames.Meo,
        new Uri(AdvertisedAddress.Of(options.Replica.Advertise, BoundAddresses.Of(services.GetRequiredService<IServer>()).Grpc)),
        [],
        new Dictionary<string, string>
        {
            [ServiceNames.Version] = typeof(MeoHost).Assembly.GetName().Version?.ToString(3) ?? "0",
            [ServiceNames.Incarnation] = services.GetRequiredService<IIdSource>().NewId(),
            [ServiceNames.Replica] = options.Replica.Name,
        });
}
