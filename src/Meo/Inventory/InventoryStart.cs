using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Inventory;

/// <summary>Before anything else runs: the holds and the sites are known, and the ledger is ours if nobody else has it. From then on they are followed.</summary>
internal sealed class InventoryStart(
    IStateStore store, HoldFollower holds, SiteFollower follower, SiteDirectory sites, CapacityOwnership ownership, ILogger<InventoryStart> logger) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await store.Patiently(holds.Start, cancellationToken);
        await store.Patiently(follower.Start, cancellationToken);
        logger.Loaded(sites.Ids.Count);
        try
        {
            await ownership.Round(cancellationToken);
        }
        catch (FailureException away)
        {
            logger.LedgerTrouble(away.Failure);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(holds.Follow(stoppingToken), follower.Follow(stoppingToken));
}
