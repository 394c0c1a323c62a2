using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Inventory;

/// <summary>
/// The right to promise capacity: the shard <c>capacity</c>, whose epoch every commit that makes a hold carries. Two
/// ledgers cannot both promise, because the store refuses the older one's commits; renewing only keeps others waiting.
/// </summary>
internal sealed class CapacityLease(IStateStore store, TimeProvider clock, InventoryOptions options, ILogger<CapacityLease> logger) : BackgroundService
{
    private const string Shard = "capacity";
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(15);

    private ShardLease? lease;

    /// <summary>What a commit that makes a hold is made under.</summary>
    public ShardFence Fence => lease?.Fence ?? throw Failure.Unavailable(
        "LEDGER_NOT_OWNED", "This MEO does not own the ledger of capacity at the moment; try again.").ToException();

    /// <summary>The same, or null while another MEO has it.</summary>
    public ShardFence? Held => lease?.Fence;

    /// <summary>Takes the shard at start. Throws SHARD_HELD, naming the holder, while another MEO has it.</summary>
    public async Task Acquire(CancellationToken cancel) => lease = (await store.AcquireShard(Shard, options.Owner, Ttl, cancel)).Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Ttl / 3, clock);
        while (lease is not null && await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var renewed = await store.RenewShard(lease, Ttl, stoppingToken);
                if (renewed.Failure is { } lost)
                {
                    logger.LedgerLost(lost.Message);
                    lease = null;
                    return;
                }

                lease = renewed.Value;
            }
            catch (FailureException)
            {
                // The store is away; nothing can be promised without it either. The next turn tries again.
            }
        }
    }
}
