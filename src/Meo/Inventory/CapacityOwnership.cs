using Mano.Meo.Replicas;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Inventory;

/// <summary>
/// The right to promise capacity: the shard <c>capacity</c>, whose epoch every commit that makes a hold carries. Two
/// ledgers cannot both promise, because the store refuses the older one's commits; renewing only keeps others waiting.
/// Whoever has no right to promise serves all the same, and forwards what needs a promise to the owner.
/// </summary>
internal sealed class CapacityOwnership(
    IStateStore store, ReplicaMembership membership, ReplicaOptions options, HoldFollower holds, ILogger<CapacityOwnership> logger)
    : IDisposable
{
    private const string Shard = "capacity";

    private readonly SemaphoreSlim turn = new(1, 1);
    private ShardLease? acquired;
    private volatile ShardLease? lease;
    private bool isLeaving;

    /// <summary>Why a commit can be refused to whoever does not own the ledger.</summary>
    public const string NotOwned = "LEDGER_NOT_OWNED";

    /// <summary>Whether this replica may promise, as far as it knows.</summary>
    public bool IsOwner => lease is not null;

    /// <summary>What a commit that makes a hold is made under. Throws <see cref="NotOwned"/> if this replica may make none.</summary>
    public ShardFence Fence => lease?.Fence ?? throw Unowned().ToException();

    /// <summary>The same, or null if this replica may not promise.</summary>
    public ShardFence? Held => lease?.Fence;

    /// <summary>The refusal of a replica that does not own the ledger.</summary>
    public static Failure Unowned() => Failure.Unavailable(
        NotOwned, "No replica of the MEO owns the ledger of capacity at the moment; one takes it over within seconds. Try again.");

    /// <summary>
    /// One round: renews the right, or tries for it. 1. The shard is acquired, and from here on the store takes no hold from anybody
    /// before us; 2. every hold and debt there is is read, so that the ledger is exact; 3. only now we promise; 4. the others learn whom to ask.
    /// </summary>
    public async Task Round(CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            if (isLeaving)
            {
                return;
            }

            if (acquired is not null && !await Renew(acquired, cancel))
            {
                Lose();
            }

            acquired ??= await Acquire(cancel); // 1
            if (acquired is not null && lease?.Epoch != acquired.Epoch)
            {
                await holds.List(cancel); // 2
                lease = acquired; // 3
                logger.LedgerTaken(options.Name, acquired.Epoch);
            }

            if (membership.Self.CapacityEpoch != (lease?.Epoch ?? 0))
            {
                await membership.OwnsCapacity(lease?.Epoch ?? 0, cancel); // 4
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>A commit of ours was refused: somebody else owns the ledger by now. The next round takes it up again, should that not be so.</summary>
    public void Refused() => lease = null;

    /// <summary>Gives the right back, so that another replica has it at once.</summary>
    public async Task Leave(CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            isLeaving = true;
            lease = null;
            if (acquired is not null)
            {
                await store.ReleaseShard(acquired, cancel);
                acquired = null;
                await membership.OwnsCapacity(0, cancel);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private async Task<bool> Renew(ShardLease mine, CancellationToken cancel)
    {
        var renewed = await store.RenewShard(mine, options.LeaseTime, cancel);
        if (!renewed.TryGet(out var longer, out var lost))
        {
            logger.LedgerLost(lost.Message);
            return false;
        }

        acquired = longer;
        return true;
    }

    private async Task<ShardLease?> Acquire(CancellationToken cancel) => membership.IsDisplaced
        ? null
        : (await store.AcquireShard(Shard, options.Name, options.LeaseTime, cancel)).TryGet(out var taken, out _) ? taken : null;

    private void Lose() => (acquired, lease) = (null, null);
}
