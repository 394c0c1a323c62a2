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

    // By key: taking an application down may take minutes, and no other debt waits for that.
    private readonly ConcurrentDictionary<string, bool> collecting = new(StringComparer.Ordinal);

    /// <summary>Begins to collect what the site owes, and does not wait for the end.</summary>
    public void Begin(string siteId, ILogger logger, CancellationToken cancel)
    {
        if (sites.Report(siteId).IsSynced)
        {
            _ = Task.Run(() => Collect(siteId, logger, cancel), CancellationToken.None);
        }
    }

    private async Task Collect(string siteId, ILogger logger, CancellationToken cancel)
    {
        try
        {
            var limit = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel };
            await Parallel.ForEachAsync(debts.All(siteId, cancel), limit, async (debt, token) => await PayOnce(debt, logger, token));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The process stops.
        }
        catch (FailureException away)
        {
            logger.TurnFailed(siteId, away.Failure.Message);
        }
    }

    private async Task PayOnce(Stored<Debt> debt, ILogger logger, CancellationToken cancel)
    {
        if (!collecting.TryAdd(debt.Key, true))
        {
            return;
        }

        try
        {
            await Pay(debt, logger, cancel);
        }
        finally
        {
            collecting.TryRemove(debt.Key, out _);
        }
    }

    private async Task Pay(Stored<Debt> stored, ILogger logger, CancellationToken cancel)
    {
        var debt = stored.Value;
        try
        {
            // Told something newer, the site has been asked to run it anew: then nothing is owed either.
            await steps.RemoveUntilGone(debt.SiteId, debt.AppInstanceId, debt.Generation, TimeSpan.Zero, static (_, _) => { }, cancel);
            if (lease.Held is not { } fence
                || !(await store.Commit(new Batch().Delete(stored.Key, stored.Version).Under(fence), cancel)).IsCommitted)
            {
                return;
            }

            logger.DebtPaid(debt.SiteId, debt.AppInstanceId, debt.Generation);
            ReconciliationMetrics.Paid(debt);
        }
        catch (FailureException away)
        {
            logger.DebtNotPaid(debt.SiteId, debt.AppInstanceId, away.Failure.ToString());
        }
    }
}
