using Microsoft.Extensions.Hosting;

namespace Mano.Meo.Inventory;

/// <summary>Before anything else runs: the ledger is ours and complete, and the sites are known.</summary>
internal sealed class InventoryStart(CapacityHolds holds, SiteDirectory sites) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await holds.Load(cancellationToken);
        await sites.Load(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
