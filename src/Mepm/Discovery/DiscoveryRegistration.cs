using Mano.Granting.V1;
using Mano.Inventory.V1;
using Mano.Mepm.Granting;
using Mano.Mepm.Hosts;
using Mano.Mepm.Images;
using Mano.Mepm.Platforms;
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
            return services.AddSingleton<IGranting, StandingGrants>().AddSingleton<IMeoIntent, NobodyToAsk>().AddSingleton<IArtifactSource, NoArtifacts>();
        }

        services
            .AddSingleton(s => new FailoverCallInvoker(s.GetRequiredService<GrpcChannels>(), Replicas(s, options), "MEO"))
            .AddSingleton(s => new InventoryService.InventoryServiceClient(s.GetRequiredService<FailoverCallInvoker>()))
            .AddSingleton(s => new GrantingService.GrantingServiceClient(s.GetRequiredService<FailoverCallInvoker>()))
            .AddSingleton(s => new OnboardingService.OnboardingServiceClient(s.GetRequiredService<FailoverCallInvoker>()))
            .AddSingleton<IGranting, MeoGranting>()
            .AddSingleton<IMeoIntent, MeoIntent>()
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

        services.AddDiscovery(discovery, options.Listen, s => Describe(s.GetRequiredService<MecHosts>(), s.GetRequiredService<SiteIdentity>()));
        if (options.Meo.Count == 0)
        {
            services.AddServiceWatch(discovery, ServiceNames.Meo);
        }

        return NeedsPlatforms(options) ? services.AddServiceWatch(discovery, ServiceNames.Platform) : services;
    }

    /// <summary>The way to the platforms of the hosts.</summary>
    public static IServiceCollection AddPlatformLinks(this IServiceCollection services, MepmOptions options) => services
        .AddSingleton<IPlatformLinks>(s => new Mm5Platforms(
            s.GetRequiredService<GrpcChannels>(),
            NeedsPlatforms(options)
                ? hostId => Usable(s.GetRequiredKeyedService<ServiceWatch>(ServiceNames.Platform), i => i.HasTag(ServiceNames.Host, hostId))
                : _ => []));

    private static bool NeedsPlatforms(MepmOptions options) => options.Discovery is not null;

    /// <summary>Those that pass; when none does all of them, for the failing check may be at fault, and trying costs nothing.</summary>
    private static IReadOnlyList<string> Usable(ServiceWatch catalogue, Func<ServiceInstance, bool> wanted)
    {
        var listed = catalogue.Current.Instances.Where(wanted).ToLookup(i => i.IsUsable, i => i.Url);
        return [.. listed.Contains(true) ? listed[true] : listed[false]];
    }

    private static Func<IReadOnlyList<string>> Replicas(IServiceProvider services, MepmOptions options)
    {
        if (options.Meo.Count > 0)
        {
            IReadOnlyList<string> given = [.. options.Meo.Select(m => m.ToString().TrimEnd('/'))];
            return () => given;
        }

        var catalogue = services.GetRequiredKeyedService<ServiceWatch>(ServiceNames.Meo);
        return () => Usable(catalogue, _ => true);
    }

    private static ServiceDescription Describe(MecHosts hosts, SiteIdentity site) => new(
        $"{ServiceNames.Mepm}-{site.SiteId}",
        ServiceNames.Mepm,
        new Uri(site.Address),
        [
            $"{ServiceNames.Site}={site.SiteId}",
            .. hosts.All.Select(h => $"{ServiceNames.Zone}={h.Options.Zone}").Distinct(StringComparer.Ordinal),
            .. hosts.All.Select(h => $"{ServiceNames.Host}={h.HostId}"),
        ],
        new Dictionary<string, string> { [ServiceNames.Version] = site.Version, [ServiceNames.Incarnation] = site.Incarnation });
}
