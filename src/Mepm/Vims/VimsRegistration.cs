using Mano.Mesh.Ids;
using Mano.VimAdapters.Registration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm.Vims;

/// <summary>VIM connections and hosts that operators add at run time.</summary>
internal static class VimsRegistration
{
    public static IServiceCollection AddVims(this IServiceCollection services, MepmOptions options) => services
        .AddSingleton(DataKeyFile.Find(options.KeyFile, options.Credentials, options.DataFolder))
        .AddSingleton<SecretBox>()
        .AddSingleton<VimBook>()
        .AddSingleton(s => new VimConnections(
            s.GetRequiredService<VimAdapterCatalogue>(), s.GetRequiredService<SecretBox>(), options.DataFolder,
            s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<VimConnections>>()))
        .AddSingleton(s => new ConnectionTest(
            s.GetRequiredService<VimConnections>(), s.GetRequiredService<IIdSource>(), options.DataFolder, s.GetRequiredService<TimeProvider>()))
        .AddSingleton<VimChanges>()
        .AddSingleton<VimUsers>()
        .AddSingleton<SiteVims>()
        .AddSingleton<SiteHosts>()
        .AddSingleton<VimViews>()
        .AddSingleton(s => new OperatorGate(options.Operators))
        .AddSingleton<SiteVimGrpcService>()
        .AddHostedService<VimLoading>();
}
