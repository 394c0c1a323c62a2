using System.Diagnostics.Metrics;
using Mano.MecPlatform.Dns.Backends;

namespace Mano.MecPlatform.Dns;

/// <summary>What /metrics shows of DNS. Every series names the platform: several may run in one process.</summary>
internal sealed class DnsMetrics : IDisposable
{
    private readonly Meter meter = new("Mano.MecPlatform.Dns");
    private readonly KeyValuePair<string, object?> platform;

    public DnsMetrics(PlatformOptions options, DnsCounters counters, IDnsBackend backend)
    {
        platform = new("platform", options.PlatformId);
        meter.CreateObservableCounter(
            "mano_platform_dns_answers_total", () => ByCode(counters), description: "DNS answers of our own, by response code");
        meter.CreateObservableCounter(
            "mano_platform_dns_forwarded_total", () => Of(counters.ForwardedTotal, platform), description: "DNS queries given to the upstream");
        meter.CreateObservableCounter(
            "mano_platform_dns_unanswered_total", () => Of(counters.UnansweredTotal, platform), description: "DNS queries that the upstream did not answer in time");
        meter.CreateObservableGauge(
            "mano_platform_dns_server_up", () => Of(backend.Standing.IsUp ? 1 : 0, platform, new("backend", backend.Kind)), description: "1 while the DNS server can be told and asked");
        meter.CreateObservableGauge(
            "mano_platform_dns_owed", () => Of(backend.Standing.Owed, platform, new("backend", backend.Kind)), description: "Instances whose names are answered other than they shall");
        meter.CreateObservableCounter(
            "mano_platform_dns_mended_total",
            () => Of(backend.Standing.MendedTotal, platform, new("backend", backend.Kind)),
            description: "Instances whose names somebody else had changed in the DNS server, and which were put right");
    }

    public void Dispose() => meter.Dispose();

    private static Measurement<long> Of(long value, params KeyValuePair<string, object?>[] labels) => new(value, labels);

    private IEnumerable<Measurement<long>> ByCode(DnsCounters counters) =>
        counters.AnsweredTotal.Select(a => Of(a.Value, platform, new("code", a.Key.ToString())));
}
