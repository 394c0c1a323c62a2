using Mano.Mepm.Discovery;
using Mano.Mepm.Findings;
using Mano.Mepm.Hosts;
using Mano.Mepm.Images;
using Mano.Mepm.Instances;
using Mano.Mepm.Loop;
using Mano.Mepm.Orphans;
using Mano.Mepm.Platforms;
using Mano.Mepm.Sites;
using Mano.Mepm.Statistics;
using Mano.Mepm.Vims;
using Mano.Mesh.Hosting;
using Mano.Mesh.Ids;
using Mano.Mesh.State;
using Mano.Mesh.State.Embedded;
using Mano.VimAdapters.Registration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm;

/// <summary>
/// A MEPM: the desired state of one site's application instances, and the loop that makes it so
/// (docs/theory/site-reconciliation.md).
/// </summary>
public static class MepmHost
{
    /// <summary>What the ready line calls it.</summary>
    public const string Process = "mepm";

    /// <summary>
    /// Builds it; nothing runs before it is started. Throws <see cref="Mesh.Failures.FailureException"/> naming every
    /// setting that is wrong, or when another process holds the data folder.
    /// </summary>
    public static WebApplication Build(MepmOptions options) => Build(options, _ => { });

    /// <summary>The same with some parts replaced.</summary>
    internal static WebApplication Build(MepmOptions options, Action<IServiceCollection> replace)
    {
        MepmOptionsRules.Check(options);
        var builder = MeshHost.CreateBuilder(Process, options.Listen, options.LogLevel);
        builder.Services
            .AddSingleton(options)
            .AddInstances(options)
            .AddHosts(options)
            .AddLoop(options)
            .AddComparison(options)
            .AddMeo(options)
            .AddCatalogue(options);
        replace(builder.Services);

        var app = builder.Build();
        try
        {
            // Opened here: a folder that is held by another process, or an adapter's wrong setting, is told before anything starts.
            app.Services.GetRequiredService<IStateStore>();
            app.Services.GetRequiredService<DataKeyFile>().Check();
            app.Services.GetRequiredService<MecHosts>();
            app.Services.GetRequiredService<SiteIdentity>().AddressSource =
                () => options.Advertise?.ToString().TrimEnd('/') ?? BoundAddresses.Of(app).Grpc;
        }
        catch
        {
            ((IDisposable)app).Dispose();
            throw;
        }

        app.MapGrpcService<SiteGrpcService>();
        app.MapGrpcService<SiteVimGrpcService>();
        return app.MapMesh();
    }

    internal static IServiceCollection AddInstances(this IServiceCollection services, MepmOptions options) => services
        .AddSingleton<IStateStore>(s => EmbeddedStateStore.Open(
            new() { Path = Path.Combine(options.DataFolder, "mepm.db"), Durability = options.Durability }, s.GetRequiredService<TimeProvider>()))
        .AddSingleton<InstanceFeed>()
        .AddSingleton<InstanceBook>()
        .AddHostedService<InstanceLoading>()
        .AddSingleton<SiteDescriber>()
        .AddSingleton<SiteGrpcService>()
        .AddSingleton(s => new SiteIdentity(
            options.SiteId, options.Name.Length > 0 ? options.Name : options.SiteId, s.GetRequiredService<IIdSource>().NewId(),
            typeof(MepmHost).Assembly.GetName().Version?.ToString(3) ?? "0", options.Location));

    private static IServiceCollection AddHosts(this IServiceCollection services, MepmOptions options) => services
        .AddVimAdapters()
        .AddSingleton<SiteSignals>()
        .AddPlatformLinks(options)
        .AddVims(options)
        .AddSingleton(s => MecHosts.Open(
            options, s.GetRequiredService<VimConnections>(), s.GetRequiredService<IPlatformLinks>(), s.GetRequiredService<TimeProvider>()))
        .AddHostedService<HostLinks>()
        .AddSingleton(options.Statistics)
        .AddHostedService<ComputeUsage>();

    /// <summary>What is found below the MEPM, compared with what is desired.</summary>
    internal static IServiceCollection AddComparison(this IServiceCollection services, MepmOptions options) => services
        .AddSingleton<FindingBook>()
        .AddSingleton(s => new OrphanContext(
            options.Orphans, options.Loop, options.SiteId, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<OrphanSweep>>()))
        .AddSingleton<SiteView>()
        .AddSingleton<OrphanRemoval>()
        .AddSingleton<OrphanSweep>()
        .AddSingleton<ImageSweep>()
        .AddHostedService<SiteComparison>();

    internal static IServiceCollection AddLoop(this IServiceCollection services, MepmOptions options) => services
        .AddSingleton(options.Loop)
        .AddSingleton<LoopMetrics>()
        .AddSingleton<ActionRunner>()
        .AddSingleton(s => new Observer(options.Loop, options.SiteId, s.GetRequiredService<TimeProvider>()))
        .AddSingleton(s => new LoopContext(
            options.Loop, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<LoopMetrics>(), s.GetRequiredService<FindingBook>(),
            s.GetRequiredService<ILogger<InstanceReconciler>>()))
        .AddSingleton<InstanceReconciler>()
        .AddSingleton<InstanceLoop>()
        .AddHostedService(s => s.GetRequiredService<InstanceLoop>())
        .AddSingleton<IImages, SiteImages>()
        .AddSingleton(s => new ImageCache(
            Path.Combine(options.DataFolder, "images"), s.GetRequiredService<IArtifactSource>(), options.Images, s.GetRequiredService<TimeProvider>()));
}
