using Mano.VimAdapters.Simulated;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Mano.VimAdapters.Registration;

/// <summary>Registers every adapter that ships, to be chosen by name through <see cref="VimAdapterCatalogue"/>.</summary>
public static class VimAdaptersRegistration
{
    public static IServiceCollection AddVimAdapters(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IVimAdapterFactory>(s => new VimAdapterFactory<SimulatedVimOptions>(
            SimulatedVim.AdapterName, options => new SimulatedVim(options, s.GetRequiredService<TimeProvider>())));
        services.TryAddSingleton<VimAdapterCatalogue>();
        return services;
    }
}
