using Mano.Meo.Reconciliation;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Inventory;

/// <summary>
/// Holds on capacity: decided in the ledger, durable as one key an instance, so that no two operations ever write the
/// same key and commits group freely. The owner's epoch on every commit keeps a second ledger from promising; any replica releases.
/// </summary>
internal sealed class CapacityHolds(Fleet fleet, IStateStore store, CapacityOwnership ownership, TimeProvider clock, ILogger<CapacityHolds> logger)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>Adds the hold to the commit that accepts its operation. Throws LEDGER_NOT_OWNED if this replica may not promise.</summary>
    public Batch Write(Batch batch, CapacityHold hold) => batch
        .Put(CapacityHold.Key(hold.AppInstanceId), hold, InventoryJson.Default.CapacityHold, Batch.MustNotExist)
        .Under(ownership.Fence);

    /// <summary>The instance's stored hold, or null.</summary>
    public ValueTask<Stored<CapacityHold>?> Find(string appInstanceId, CancellationToken cancel) =>
        store.Get(CapacityHold.Key(appInstanceId), InventoryJson.Default.CapacityHold, cancel);

    /// <summary>In the ledger, what was held for an instance is owed by its site from now on. The commit that says so follows.</summary>
    public void TurnIntoDebt(Debt debt)
    {
        fleet.Owe(debt);
        fleet.Drop(debt.AppInstanceId);
    }

    /// <summary>
    /// Gives the instance's hold back, in the store and then in the ledger, if it is this operation's (or whosever it
    /// is, when null). Giving nothing back is fine. The fence is that of whoever runs the operation: a process that was paused, and
    /// whose operation has ended elsewhere, must not take the hold of the next one.
    /// </summary>
    public async Task ReleaseIfAny(string appInstanceId, string? operationId, ShardFence? fence, CancellationToken cancel)
    {
        var stored = await store.Get(CapacityHold.Key(appInstanceId), InventoryJson.Default.CapacityHold, cancel);
        if (stored is not null && (operationId is null || stored.Value.OperationId == operationId))
        {
            var batch = new Batch().Delete(stored.Key, stored.Version);
            var result = await store.Commit(fence is { } under ? batch.Under(under) : batch, cancel);
            fleet.Gone(appInstanceId, result.OrThrow(), stored.Value.OperationId);
        }
    }

    /// <summary>What became of the commit that was to make a booking a promise: it stands from here on, or is given back.</summary>
    public void Settle(CapacityHold hold, long? committedAt, Failure? refusal)
    {
        if (committedAt is { } version)
        {
            fleet.Confirm(hold, version);
            return;
        }

        fleet.ReleaseIfAny(hold.AppInstanceId, hold.OperationId);
        if (refusal?.Reason == StateFailures.StaleEpoch)
        {
            ownership.Refused();
        }
    }

    /// <summary>
    /// After a commit of which nobody knows whether it happened: keeps the booking if the store has it, gives it back if
    /// it cannot come any more. The commit expected <paramref name="guard"/> as it was, so writing that key anew shuts it out,
    /// however long its bytes are still under way. Asks until the store answers; until then the booking stands.
    /// </summary>
    public async Task Settle(CapacityHold hold, string guard, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                if (await TrySettle(hold, guard, cancel))
                {
                    return;
                }
            }
            catch (FailureException away)
            {
                logger.HoldUnsettled(hold.AppInstanceId, hold.OperationId, away.Failure.Message);
                await Task.Delay(AskAgainAfter, clock, cancel);
            }
        }
    }

    private async Task<bool> TrySettle(CapacityHold hold, string guard, CancellationToken cancel)
    {
        var guarding = await store.Get(guard, cancel);
        var stored = await store.Get(CapacityHold.Key(hold.AppInstanceId), InventoryJson.Default.CapacityHold, cancel);
        if (stored?.Value.OperationId == hold.OperationId)
        {
            fleet.Confirm(hold, stored.Version);
            return true;
        }

        if (guarding is not null)
        {
            var shut = await store.Commit(new Batch().Put(guard, guarding.Value, guarding.Version), cancel);
            if (!shut.IsCommitted)
            {
                return false;
            }
        }

        fleet.ReleaseIfAny(hold.AppInstanceId, hold.OperationId);
        return true;
    }
}
