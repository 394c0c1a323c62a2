using Mano.Mesh.Discovery.Consul;
using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Mesh.Discovery;

/// <summary>Composes the capability. Without options nothing of it exists.</summary>
public static class DiscoveryRegistration
{
    /// <summary>Registers this process with Consul for as long as it runs.</summary>
    /// <param name="describe">Asked once it listens.</param>
    /// <exception cref="FailureException">An option is out of range, or a file cannot be read.</exception>
    public static IServiceCollection AddDiscovery(
        this IServiceCollection services, DiscoveryOptions? options, ListenOptions listen, Func<IServiceProvider, ServiceDescription> describe)
    {
        if (options is null)
        {
            return services;
        }

        Check(options);
        var client = new ConsulClient(options);
        return services
            .AddSingleton(options)
            .AddSingleton(_ => client)
            .AddSingleton<IHostedService>(provider => new ServiceRegistration(
                provider.GetRequiredService<ConsulClient>(), () => describe(provider), new ServiceCheck(listen.Certificates is not null, provider.GetService<HealthCheckService>()), options,
                provider.GetRequiredService<ILogger<ServiceRegistration>>(), provider.GetRequiredService<TimeProvider>()));
    }

    /// <summary>Follows a service; <see cref="ServiceWatch"/> is then to be had under its name (keyed).</summary>
    public static IServiceCollection AddServiceWatch(this IServiceCollection services, DiscoveryOptions options, string service) => services
        .AddKeyedSingleton(service, (provider, _) => new ServiceWatch(
            service, provider.GetRequiredService<ConsulClient>(), options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ServiceWatch>>()))
        .AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<ServiceWatch>(service));

    private static void Check(DiscoveryOptions options)
    {
        if (DeclaredRanges.FaultsOf(options, "discovery.") is { Count: > 0 } faults)
        {
            throw Failure.InvalidInput("DISCOVERY_OPTIONS", "The settings for Consul are refused.", options.Consul.ToString(), faults).ToException();
        }
    }
}
