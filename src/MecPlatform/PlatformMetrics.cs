using System.Diagnostics.Metrics;
using Mano.MecPlatform.AppSupport;
using Mano.MecPlatform.ServiceRegistry;
using Mano.MecPlatform.Traffic;
using Mano.MecPlatform.Traffic.Gateway;

namespace Mano.MecPlatform;

/// <summary>What the platform shows in /metrics, read when it is asked for. Every series names the platform: several may run in one process.</summary>
internal sealed class PlatformMetrics : IDisposable
{
    private readonly Meter meter = new("Mano.MecPlatform");
    private readonly string platformId;

    public PlatformMetrics(PlatformOptions options, Applications applications, IDataPlane plane, SocksGateway gateway, CallbackPoster callbacks, ServiceSubscriptions subscriptions)
    {
        platformId = options.PlatformId;
        meter.CreateObservableGauge(
            "mano_platform_applications", () => ByPhase(applications), description: "Application instances by phase");
        meter.CreateObservableCounter(
            "mano_platform_traffic_rule_connections_total", () => ByRule(plane, t => t.Connections), description: "Flows that a traffic rule decided");
        meter.CreateObservableCounter(
            "mano_platform_traffic_rule_bytes_total", () => ByRule(plane, t => t.Bytes), description: "Bytes of the flows that a traffic rule let through, both directions");
        meter.CreateObservableCounter(
            "mano_platform_mended_total", () => Of(applications.MendedTotal), description: "Instances whose rules acted other than their records say, and were mended");
        meter.CreateObservableCounter(
            "mano_platform_notifications_total", () => ByOutcome(callbacks, subscriptions), description: "Notifications of applications, by outcome");
        meter.CreateObservableGauge(
            "mano_platform_gateway_connections", () => Of(gateway.OpenConnections), description: "Open connections of the gateway");
        meter.CreateObservableCounter(
            "mano_platform_gateway_refused_total", () => Of(gateway.RefusedTotal), description: "Connections closed because there were too many");
    }

    public void Dispose() => meter.Dispose();

    private KeyValuePair<string, object?> Platform => new("platform", platformId);

    private Measurement<long> Of(long value) => new(value, Platform);

    private IEnumerable<Measurement<long>> ByPhase(Applications applications)
    {
        var phases = applications.Ids
            .Select(id => applications.TryGetRecord(id, out var record) ? record.Phase : Phase.Drained)
            .CountBy(phase => phase)
            .ToDictionary();
        return Enum.GetValues<Phase>().Select(phase => new Measurement<long>(phases.GetValueOrDefault(phase), Platform, new("phase", phase.Spell())));
    }

    private IEnumerable<Measurement<long>> ByRule(IDataPlane plane, Func<RuleTraffic, long> value) => plane.Counters.Select(c =>
        new Measurement<long>(value(c.Traffic), Platform, new("app_instance_id", c.AppInstanceId), new("traffic_rule_id", c.RuleId)));

    private IEnumerable<Measurement<long>> ByOutcome(CallbackPoster callbacks, ServiceSubscriptions subscriptions) =>
    [
        new(callbacks.TakenTotal, Platform, new("outcome", "taken")),
        new(callbacks.FailedTotal, Platform, new("outcome", "failed")),
        new(subscriptions.DroppedTotal, Platform, new("outcome", "dropped")),
    ];
}
