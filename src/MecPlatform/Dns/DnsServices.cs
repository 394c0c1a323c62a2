using Mano.MecPlatform.Dns.Backends;
using Mano.MecPlatform.Dns.Dnsmasq;
using Mano.MecPlatform.Dns.PowerDns;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Dns;

/// <summary>Puts DNS together: the table of names, the backend that answers them, and the responder that the gateway asks.</summary>
internal static class DnsServices
{
    /// <exception cref="FailureException">An option is wrong.</exception>
    public static DnsOptions Check(PlatformOptions options)
    {
        options.DnsBackend.Check(options.DnsListen, options.PlatformId, new PlatformOptions { DataFolder = string.Empty }.PlatformId);
        var zones = new List<DomainName>();
        foreach (var text in options.DnsZones)
        {
            zones.Add(DomainName.TryParse(text, out var zone, out var fault)
                ? zone
                : throw Failure.InvalidInput("BAD_ZONE", $"--dns-zone: {fault}").ToException());
        }

        return options.Dns with { Listen = options.DnsListen, Upstream = options.DnsUpstream, Zones = zones };
    }

    public static IServiceCollection AddDns(this IServiceCollection services, PlatformOptions platform, DnsOptions options) => services
        .AddSingleton(options)
        .AddSingleton<DnsTable>()
        .AddSingleton<DnsCounters>()
        .AddSingleton(s => new DnsForwarder(options.Upstream, options.UpstreamTimeout, s.GetRequiredService<TimeProvider>()))
        .AddSingleton<DnsResponder>()
        .AddSingleton<DnsServer>()
        .AddSingleton<IDnsBackend>(s => platform.DnsBackend.Kind switch
        {
            DnsBackendKind.PowerDns => Published(s, platform, PowerDns(platform, options)),
            DnsBackendKind.Dnsmasq => Published(s, platform, new DnsmasqRegister(platform.DnsBackend, options.Listen, platform.PlatformId, s.GetRequiredService<TimeProvider>())),
            _ => ActivatorUtilities.CreateInstance<EmbeddedDns>(s),
        });

    private static PowerDnsRegister PowerDns(PlatformOptions platform, DnsOptions options) => new(
        new PowerDnsClient(platform.DnsBackend.PowerDnsApi!, platform.DnsBackend.PowerDnsKeyFile, platform.DnsBackend.Patience),
        platform.DnsBackend,
        options.Zones,
        options.Listen,
        platform.PlatformId);

    private static PublishedDns Published(IServiceProvider services, PlatformOptions platform, IDnsRegister register) => new(
        services.GetRequiredService<DnsTable>(),
        register,
        platform.DnsBackend,
        platform.CompareEvery,
        services.GetRequiredService<TimeProvider>(),
        services.GetRequiredService<ILogger<PublishedDns>>());
}
