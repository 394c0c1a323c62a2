using Mano.Granting.V1;
using Mano.Inventory.V1;
using Mano.Mepm.Granting;
using Mano.Mepm.Images;
using Mano.Mepm.Registration;
using Mano.Mepm.Sites;
using Mano.Mesh.Channels;
using Mano.Mesh.Discovery;
using Mano.Onboarding.V1;
using Microsoft.Extensions.DependencyInjection;

namespace Mano.Mepm.Discovery;

/// <summary>How this site and the MEO find one another: by addresses that were given, or by Consul's catalogue, or both.</summary>
internal static class DiscoveryRegistration
{
    /// <summary>What the MEO is asked, whichever replica answers; a site without one works alone.</summary>
    public static IServiceCollection AddMeo(this IServiceCollection services, MepmOptions options)
    {
        if (options is { Meo: [], Discovery: null })
        {
            return services.AddSingleton<IGranting, StandingGrants>().AddSingleton<IArtifactSource, NoArtifacts>();
        }

        services
            .AddSingleton(s => new FailoverCallInvoker(s.GetRequiredService<GrpcChannels>(), Replicas(s, options), "MEO"))
            .AddSingleton(s => new InventoryService.InventoryServiceClient(s.GetRequiredService<FailoverCallInvoker>()))
            .AddSingleton(s => new GrantingService.GrantingServiceClient(s.GetRequiredService<FailoverCallInvoker>()))
            .AddSingleton(s => new OnboardingService.OnboardingServiceClient(s.GetRequiredService<FailoverCallInvoker>()))
            .AddSingleton<IGranting, MeoGranting>()
            .AddSingleton<IArtifactSource, MeoArtifacts>()
            .AddSingleton(options.Registration);
        // With Consul alone the MEO finds us in the catalogue, and asks what it wants to know.
        return options.Meo.Count > 0 ? services.AddHostedService<SiteRegistration>() : services;
    }

    /// <summary>Registers with Consul, and follows there what this site needs; without Consul nothing.</summary>
    public static IServiceCollection AddCatalogue(this IServiceCollection services, MepmOptions options)
    {
        if (options.Discovery is not { } discovery)
        {
            return services;
        }

        services.AddDiscovery(discovery, options.Listen, s => Describe(options, s.GetRequiredService<SiteIdentity>()));
        return options.Meo.Count > 0 ? services : services.AddServiceWatch(discovery, ServiceNames.Meo);
    }

    private static Func<IReadOnlyList<string>> Replicas(IServiceProvider services, MepmOptions options)
    {
        if (options.Meo.Count > 0)
        {
            IReadOnlyList<string> given = [.. options.Meo.Select(m => m.ToString().TrimEnd('/'))];
            return () => given;
        }

        var catalogue = services.GetRequiredKeyedService<ServiceWatch>(ServiceNames.Meo);
        return () => [.. catalogue.Current.Instances.Where(i => i.IsUsable).Select(i => i.Url)];
    }

    private static ServiceDescription Describe(MepmOptions options, SiteIdentity site) => new(
        $"{ServiceNames.Mepm}-{site.SiteId}",
        ServiceNames.Mepm,
        new Uri(site.Address),
        [
            $"{ServiceNames.Site}={site.SiteId}",
            .. options.Hosts.Select(h => $"{ServiceNames.Zone}={h.Zone}").Distinct(StringComparer.Ordinal),
            .. options.Hosts.Select(h => $"{ServiceNames.Host}={h.HostId}"),
        ],
        new Dictionary<string, string> { [ServiceNames.Version] = site.Version, [ServiceNames.Incarnation] = site.Incarnation });
}
