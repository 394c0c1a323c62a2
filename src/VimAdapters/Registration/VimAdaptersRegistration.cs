using Mano.Mesh.Channels;
using Mano.VimAdapters.Kubernetes;
using Mano.VimAdapters.LocalContainers;
using Mano.VimAdapters.LocalProcess;
using Mano.VimAdapters.OpenStack;
using Mano.VimAdapters.Remote;
using Mano.VimAdapters.Simulated;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.Registration;

/// <summary>Registers every adapter that ships, to be chosen by name through <see cref="VimAdapterCatalogue"/>.</summary>
public static class VimAdaptersRegistration
{
    public static IServiceCollection AddVimAdapters(this IServiceCollection services)
    {
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IVimAdapterFactory>(s => new VimAdapterFactory<SimulatedVimOptions>(
            SimulatedVim.AdapterName, options => new SimulatedVim(options, s.GetRequiredService<TimeProvider>())));
        services.AddSingleton<IVimAdapterFactory>(s => new VimAdapterFactory<LocalProcessOptions>(
            LocalProcessVim.AdapterName,
            options => new LocalProcessVim(options, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<LocalProcessVim>>())));
        services.AddSingleton<IVimAdapterFactory>(s => new VimAdapterFactory<LocalContainersOptions>(
            LocalContainersVim.AdapterName,
            options => new LocalContainersVim(options, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<LocalContainersVim>>())));
        services.AddSingleton<IVimAdapterFactory>(s => new VimAdapterFactory<OpenStackOptions>(
            OpenStackVim.AdapterName,
            options => new OpenStackVim(options, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<OpenStackVim>>())));
        services.AddSingleton<IVimAdapterFactory>(s => new VimAdapterFactory<KubernetesOptions>(
            KubernetesVim.AdapterName,
            options => new KubernetesVim(options, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<KubernetesVim>>())));
        services.TryAddSingleton(new GrpcChannels());
        services.AddSingleton<IVimAdapterFactory>(s => new VimAdapterFactory<RemoteVimOptions>(
            RemoteVimAdapter.AdapterName,
            options => new RemoteVimAdapter(options, s.GetRequiredService<GrpcChannels>(), s.GetRequiredService<TimeProvider>())));
        services.TryAddSingleton<VimAdapterCatalogue>();
        return services;
    }
}
