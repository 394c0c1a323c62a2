using Mano.Mesh.Discovery.Consul;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Mano.Mesh.Discovery;

/// <summary>
/// How Consul knows that a process lives: it asks grpc.health.v1; or, where that needs a client certificate, which Consul
/// does not have, the process says so itself in time.
/// </summary>
/// <param name="IsTtl">The process says it.</param>
/// <param name="Own">What its gRPC health is made of; null: it is always well.</param>
internal sealed record ServiceCheck(bool IsTtl, HealthCheckService? Own = null)
{
    /// <summary>How many renewals may be missing: a killed process is critical as fast as with Consul asking, a slow one is not.</summary>
    private const int MissingRenewals = 3;

    /// <summary>Why calls are not answered at the moment, as gRPC health would say it; null: they are.</summary>
    public async Task<string?> Trouble(CancellationToken cancel)
    {
        var report = Own is null ? null : await Own.CheckHealthAsync(cancel);
        return report is not { Status: HealthStatus.Unhealthy }
            ? null
            : string.Join(' ', report.Entries.Where(e => e.Value.Status == HealthStatus.Unhealthy).Select(e => $"{e.Key}: {e.Value.Description}"));
    }

    public static string IdOf(ServiceDescription service) => $"{service.Id}-health";

    public AgentRegistration Registration(ServiceDescription service, DiscoveryOptions options) => new()
    {
        Id = service.Id,
        Name = service.Name,
        Address = service.Address.DnsSafeHost,
        Port = service.Address.Port,
        Tags = service.Tags,
        Meta = service.FullMeta(),
        Check = IsTtl
            ? new()
            {
                CheckId = IdOf(service),
                Name = "says that it lives",
                Notes = "Mutual TLS: Consul has no certificate to ask with, so the process renews this check itself.",
                Ttl = ConsulTime.Of(MissingRenewals * options.CheckInterval),
                DeregisterCriticalServiceAfter = ConsulTime.Of(options.DeregisterAfter),
            }
            : new()
            {
                CheckId = IdOf(service),
                Name = "gRPC health",
                Grpc = service.Address.Authority,
                Interval = ConsulTime.Of(options.CheckInterval),
                Timeout = ConsulTime.Of(options.CheckTimeout),
                DeregisterCriticalServiceAfter = ConsulTime.Of(options.DeregisterAfter),
            },
    };

    public override string ToString() => IsTtl ? "renewals of its own (mutual TLS)" : "its gRPC health, which Consul asks for";
}
