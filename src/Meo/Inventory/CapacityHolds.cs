using Mano.Meo.Reconciliation;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Inventory;

/// <summary>
/// Holds on capacity: decided in the ledger, durable as one key an instance, so that no two operations ever write the
/// same key and commits group freely. The owner's epoch on every commit keeps a second ledger from existing.
/// </summary>
internal sealed class CapacityHolds(Fleet fleet, IStateStore store, CapacityLease lease, TimeProvider clock, ILogger<CapacityHolds> logger)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>Takes the ledger over and rebuilds it, at start.</summary>
    public async Task Load(CancellationToken cancel)
    {
        await lease.Acquire(cancel);
        await foreach (var hold in store.ScanAll(CapacityHold.Prefix, InventoryJson.Default.CapacityHold, cancel))
        {
            fleet.Restore(hold.Value);
        }
    }

    /// <summary>Adds the hold to the commit that accepts its operation.</summary>
    public Batch Write(Batch batch, CapacityHold hold) => batch
        .Put(CapacityHold.Key(hold.AppInstanceId), hold, InventoryJson.Default.CapacityHold, Batch.MustNotExist)
        .Under(lease.Fence);

    /// <summary>The instance's stored hold, or null.</summary>
    public ValueTask<Stored<CapacityHold>?> Find(string appInstanceId, CancellationToken cancel) =>
        store.Get(CapacityHold.Key(appInstanceId), InventoryJson.Default.CapacityHold, cancel);

    /// <summary>In the ledger, what was held for an instance is owed by its site from now on. The commit that says so follows.</summary>
    public void TurnIntoDebt(Debt debt)
    {
        fleet.Owe(debt);
        fleet.ReleaseIfAny(debt.AppInstanceId, operationId: null);
    }

    /// <summary>
    /// Gives the instance's hold back, in the store and then in the ledger, if it is this operation's (or whosever it
    /// is, when null). Giving nothing back is fine.
    /// </summary>
    public async Task ReleaseIfAny(string appInstanceId, string? operationId, CancellationToken cancel)
    {
        var stored = await store.Get(CapacityHold.Key(appInstanceId), InventoryJson.Default.CapacityHold, cancel);
        if (stored is not null && (operationId is null || stored.Value.OperationId == operationId))
        {
            var result = await store.Commit(new Batch().Delete(stored.Key, stored.Version), cancel);
            if (!result.IsCommitted)
            {
                throw result.ToFailure()!.ToException();
            }
        }

        fleet.ReleaseIfAny(appInstanceId, operationId);
    }

    /// <summary>
    /// After a commit of which nobody knows whether it happened: keeps the booking if the store has it, gives it back if
    /// not. Asks until the store answers; until then the booking stands, so that nothing is promised twice.
    /// </summary>
    public async Task Settle(CapacityHold hold, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                var stored = await store.Get(CapacityHold.Key(hold.AppInstanceId), InventoryJson.Default.CapacityHold, cancel);
                if (stored?.Value.OperationId != hold.OperationId)
                {
                    fleet.ReleaseIfAny(hold.AppInstanceId, hold.OperationId);
                }

                return;
            }
            catch (FailureException away)
            {
                logger.HoldUnsettled(hold.AppInstanceId, hold.OperationId, away.Failure.Message);
                await Task.Delay(AskAgainAfter, clock, cancel);
            }
        }
    }
}
