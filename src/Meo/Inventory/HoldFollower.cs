using Mano.Meo.Reconciliation;
using Mano.Mesh.State;

namespace Mano.Meo.Inventory;

/// <summary>
/// Keeps the fleet's ledger as the store has it, whichever replica made or released a hold. A hold that became a debt in one
/// commit becomes one here too: between the two, which are followed apart, its capacity must not look free.
/// </summary>
internal sealed class HoldFollower : IStateMirror
{
    private readonly Fleet fleet;
    private readonly Debts debts;
    private readonly DebtLedger owed;
    private readonly StateFollower follower;

    public HoldFollower(IStateStore store, Fleet fleet, Debts debts, DebtLedger owed, TimeProvider clock)
    {
        (this.fleet, this.debts, this.owed) = (fleet, debts, owed);
        follower = new(store, CapacityHold.Prefix, this, clock);
    }

    public IReadOnlyCollection<string> Keys => [.. fleet.StoredHolds.Select(CapacityHold.Key)];

    /// <summary>Reads every hold, then every debt: one that becomes the other meanwhile is counted twice for a moment, and never not at all.</summary>
    public async Task List(CancellationToken cancel)
    {
        await follower.List(cancel);
        await owed.List(cancel);
    }

    public Task Start(CancellationToken cancel) => follower.Start(cancel);

    public Task Follow(CancellationToken cancel) => follower.Follow(cancel);

    public ValueTask Put(Entry entry)
    {
        fleet.Stored(entry.As(InventoryJson.Default.CapacityHold).Value, entry.Version);
        return ValueTask.CompletedTask;
    }

    public async ValueTask Gone(string key, long version)
    {
        var appInstanceId = key[CapacityHold.Prefix.Length..];
        if (fleet.HoldOf(appInstanceId) is { } hold && await debts.Find(hold.SiteId, appInstanceId, default) is { } debt)
        {
            owed.Take(debt);
        }

        fleet.Gone(appInstanceId, version);
    }

    public void Passed(long version) => fleet.Passed(version);
}
