using System.Collections.Concurrent;
using Mano.Meo.Inventory;
using Mano.Meo.Lifecycle.Operations;
using Mano.Meo.Sites;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Reconciliation;

/// <summary>
/// Has debts paid: once a site is heard from again, it is told to remove what it owes, under the debt's generation, until it says
/// that nothing is left; then the debt goes. The owner of the ledger does it, and every commit carries its epoch.
/// </summary>
internal sealed class DebtCollector(Debts debts, SiteSteps steps, ISiteReports sites, CapacityOwnership lease, IStateStore store)
{
    private const int AtOnce = 8;

    private readonly ConcurrentDictionary<string, bool> collecting = new(StringComparer.Ordinal);

    /// <summary>Collects what the site owes, if it can be spoken to and nobody is collecting there. Returns how many debts were paid.</summary>
    public async Task<int> Collect(string siteId, ILogger logger, CancellationToken cancel)
    {
        if (!sites.Report(siteId).IsSynced || lease.Held is null || !collecting.TryAdd(siteId, true))
        {
            return 0;
        }

        try
        {
            var paid = 0;
            var limit = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel };
            await Parallel.ForEachAsync(debts.All(siteId, cancel), limit, async (debt, token) =>
            {
                if (await Pay(debt, logger, token))
                {
                    Interlocked.Increment(ref paid);
                }
            });
            return paid;
        }
        finally
        {
            collecting.TryRemove(siteId, out _);
        }
    }

    private async Task<bool> Pay(Stored<Debt> stored, ILogger logger, CancellationToken cancel)
    {
        var debt = stored.Value;
        try
        {
            // Told something newer, the site has been asked to run it anew: then nothing is owed either.
            await steps.RemoveUntilGone(debt.SiteId, debt.AppInstanceId, debt.Generation, TimeSpan.Zero, static (_, _) => { }, cancel);
            if (lease.Held is not { } fence
                || !(await store.Commit(new Batch().Delete(stored.Key, stored.Version).Under(fence), cancel)).IsCommitted)
            {
                return false;
            }
        }
        catch (Exception away) when (away is FailureException or Grpc.Core.RpcException)
        {
            logger.DebtNotPaid(debt.SiteId, debt.AppInstanceId, Failure.From(away).ToString());
            return false;
        }

        logger.DebtPaid(debt.SiteId, debt.AppInstanceId, debt.Generation);
        ReconciliationMetrics.Paid(debt);
        return true;
    }
}
