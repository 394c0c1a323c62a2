using Mano.Mesh.Discovery.Consul;

namespace Mano.Mesh.Discovery;

/// <summary>
/// How Consul knows that a process lives: it asks grpc.health.v1; or, where that needs a client certificate, which Consul
/// does not have, the process says so itself in time.
/// </summary>
/// <param name="IsTtl">The process says it.</param>
internal sealed record ServiceCheck(bool IsTtl)
{
    /// <summary>How many renewals may be missing: a killed process is critical as fast as with Consul asking, a slow one is not.</summary>
    private const int MissingRenewals = 3;

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
