using Mano.MecPlatform.AppSupport;
using Mano.MecPlatform.Dns;
using Mano.MecPlatform.Mm5;
using Mano.MecPlatform.Mp1;
using Mano.MecPlatform.ServiceRegistry;
using Mano.MecPlatform.Traffic;
using Mano.MecPlatform.Traffic.Gateway;
using Mano.MecPlatform.Traffic.GtpU;
using Mano.MecPlatform.Traffic.Nft;
using Mano.Mesh.Discovery;
using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;
using Mano.Mesh.Ids;
using Mano.Mesh.Rest;
using Mano.Mesh.State;
using Mano.Mesh.State.Embedded;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Mano.MecPlatform;

/// <summary>The MEC platform: Mm5 for the MEPM, Mp1 for applications, DNS and traffic for users.</summary>
public static class PlatformHost
{
    /// <summary>Longer than what Mp1 takes, so that its refusal is a ProblemDetails; what is longer still, Kestrel refuses without a body.</summary>
    private const int MaxRequestLine = 64 * 1024;

    /// <summary>A platform that is ready to be started.</summary>
    /// <exception cref="FailureException">An option is wrong, or the state folder cannot be used.</exception>
    public static WebApplication Build(PlatformOptions options)
    {
        var dns = DnsServices.Check(options);
        var transports = PlatformTransports.Read(options.TransportsFile);
        DiscoveryFlags.CheckAddress(options.Discovery, options.Listen, options.Advertise);
        var builder = MeshHost.CreateBuilder("mec-platform", options.Listen, options.LogLevel);
        var clock = options.Clock ?? TimeProvider.System;
        builder.Services.Replace(ServiceDescriptor.Singleton(clock));
        var store = EmbeddedStateStore.Open(new() { Path = Path.Combine(options.DataFolder, "platform.db") }, clock);
        builder.Services.AddSingleton<IStateStore>(_ => store).AddSingleton(options);
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestLineSize = MaxRequestLine);
        builder.Services.AddDns(options, dns).AddTraffic(options).AddAppSupport(AppSupportOf(options)).AddServiceRegistry(transports).AddMp1();
        builder.Services.AddSingleton<StreamEnding>().AddSingleton<PlatformAddresses>().AddSingleton<PlatformMetrics>().AddSingleton<DnsMetrics>();
        builder.Services.AddDiscovery(options.Discovery, options.Listen, s => Describe(options, s));
        builder.Services.AddLateAddresses();
        builder.Services.AddSingleton<Mp1Root>(s => () => s.GetRequiredService<PlatformAddresses>().Mp1Url);

        var app = builder.Build();
        app.UseRestProblems(
            "application support is under /mec_app_support/v1 and /v2, service management under /mec_service_mgmt/v1.", Mp1Log.RequestFailed, StatusCodes.Status429TooManyRequests);
        app.UseMp1Gate(app.Services.GetRequiredService<Mp1Access>());
        app.MapMesh();
        app.MapGrpcService<PlatformGrpcService>();
        app.MapGrpcService<AppSupportGrpcService>();
        app.Services.GetRequiredService<Mp1Endpoints>().Map(app, app.Services.GetRequiredService<RuleEndpoints>());
        app.Services.GetRequiredService<ServiceEndpoints>().Map(app, app.Services.GetRequiredService<ServiceSubscriptionEndpoints>());
        app.Services.GetRequiredService<RegistrationEndpoints>().Map(app);
        app.Services.GetRequiredService<PlatformMetrics>();
        app.Services.GetRequiredService<DnsMetrics>();
        return app;
    }

    /// <summary>The addresses of a started platform, beside those of <see cref="BoundAddresses"/>.</summary>
    public static IEnumerable<(string Name, string Value)> AddressesOf(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<PlatformAddresses>();
        return [("mp1", addresses.Mp1Url), ("dns", addresses.Dns), ("gateway", addresses.Gateway)];
    }

    private static IServiceCollection AddTraffic(this IServiceCollection services, PlatformOptions options) => services
        .AddSingleton(options.Gateway with { Listen = options.GatewayListen, Passthrough = options.Passthrough })
        .AddSingleton<FlowRegistry>()
        .AddSingleton<UserspaceDataPlane>()
        .AddSingleton<IDataPlane>(s => options.DataPlane == DataPlaneKind.Nft ? OpenNft(options, s) : s.GetRequiredService<UserspaceDataPlane>())
        .AddHostedService<DataPlaneWatch>()
        .AddSingleton<GatewayRouting>()
        .AddSingleton<GatewayConnection>()
        .AddSingleton<SocksGateway>();

    private static NftDataPlane OpenNft(PlatformOptions options, IServiceProvider services)
    {
        var gateway = new GatewayNamespace(options.GatewayNamespace);
        return new(
            new NftCommands(gateway),
            RuleNumbers.Open(Path.Combine(options.DataFolder, "rule-numbers.json")),
            new GtpGateway(gateway, services.GetRequiredService<ILogger<GtpGateway>>()),
            services.GetRequiredService<ILogger<NftDataPlane>>());
    }

    private static IServiceCollection AddAppSupport(this IServiceCollection services, AppSupportOptions options) => services
        .AddSingleton(options)
        .AddSingleton<Services>()
        .AddSingleton<InstanceAddresses>()
        .AddSingleton<CallbackPoster>()
        .AddSingleton<Registrations>()
        .AddSingleton<Residents>()
        .AddSingleton<ApplicationStore>()
        .AddSingleton<RuleActivation>()
        .AddSingleton<ApplicationFeed>()
        .AddSingleton<ReadinessProbe>()
        .AddSingleton<TerminationWatchers>()
        .AddSingleton<TerminationNotifier>()
        .AddSingleton<Attendant>()
        .AddSingleton<ApplicationsContext>()
        .AddSingleton<Applications>()
        .AddHostedService<PlatformStart>();

    private static IServiceCollection AddServiceRegistry(this IServiceCollection services, PlatformTransports transports) => services
        .AddSingleton(transports)
        .AddSingleton<ServiceStore>()
        .AddSingleton<RegisteredServices>()
        .AddSingleton<ServiceSubscriptions>()
        .AddHostedService<ServiceLife>();

    private static IServiceCollection AddMp1(this IServiceCollection services) => services
        .AddSingleton<Mp1Access>()
        .AddSingleton<ApplicationRequests>()
        .AddSingleton<Mp1Endpoints>()
        .AddSingleton<RuleEndpoints>()
        .AddSingleton<RegistrationEndpoints>()
        .AddSingleton<ServiceEndpoints>()
        .AddSingleton<ServiceSubscriptionEndpoints>();

    private static AppSupportOptions AppSupportOf(PlatformOptions options)
    {
        var told = options.AppSupport with { StrictRules = options.StrictRules };
        return options.CallbackNetworks.Count == 0 ? told : told with { CallbackNetworks = options.CallbackNetworks };
    }

    private static ServiceDescription Describe(PlatformOptions options, IServiceProvider services)
    {
        var host = options.HostId.Length > 0 ? options.HostId : options.PlatformId;
        (string Name, string Value)[] tags = [(ServiceNames.Site, options.SiteId), (ServiceNames.Zone, options.Zone), (ServiceNames.Host, host)];
        return new(
            $"{ServiceNames.Platform}-{host}",
            ServiceNames.Platform,
            options.Advertise ?? new Uri(BoundAddresses.Of(services.GetRequiredService<IServer>()).Grpc),
            [.. tags.Where(t => t.Value.Length > 0).Select(t => $"{t.Name}={t.Value}")],
            new Dictionary<string, string>
            {
                [ServiceNames.Version] = typeof(PlatformHost).Assembly.GetName().Version?.ToString(3) ?? "0",
                [ServiceNames.Incarnation] = services.GetRequiredService<IIdSource>().NewId(),
            });
    }
}
