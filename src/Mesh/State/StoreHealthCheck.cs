using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Mano.Mesh.State;

/// <summary>
/// Not ready while the store has been away for longer than its calls wait for it: a shorter absence is none that callers
/// see, and must not take all replicas out of service at once.
/// </summary>
internal sealed class StoreHealthCheck(IRemoteStateStore store) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(store.Health switch
    {
        { Problem: { } problem, IsPatient: false } => HealthCheckResult.Unhealthy(problem),
        { Problem: { } problem } => HealthCheckResult.Degraded(problem),
        { NotDurable: { } loss } => HealthCheckResult.Degraded(loss),
        _ => HealthCheckResult.Healthy(),
    });
}
