using Microsoft.Extensions.Hosting;

namespace Mano.Meo.Inventory;

/// <summary>Looks, twice every heartbeat interval, which sites have fallen silent.</summary>
internal sealed class SiteHealthMonitor(SiteDirectory sites, InventoryOptions options, TimeProvider clock) : IHostedService, IDisposable
{
    private ITimer? timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        timer = clock.CreateTimer(_ => sites.Sweep(), null, options.HeartbeatInterval / 2, options.HeartbeatInterval / 2);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => timer?.Dispose();
}
