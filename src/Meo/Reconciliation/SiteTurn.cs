using Mano.Meo.Inventory;
using Mano.Mesh.Failures;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Reconciliation;

/// <summary>What is done for one site in one turn: it is compared with what is intended, and what it owes is collected.</summary>
internal sealed class SiteTurn(DebtLedger debts, SiteComparer comparer, DebtCollector collector, CapacityOwnership lease, ILogger<SiteTurn> logger)
{
    public DebtLedger Debts => debts;

    /// <summary>Never throws. Does nothing while another replica owns the ledger of capacity.</summary>
    public async Task Take(string siteId, bool thorough, CancellationToken cancel)
    {
        try
        {
            if (lease.Held is { } fence)
            {
                await comparer.Compare(siteId, thorough, fence, cancel);
                collector.Begin(siteId, logger, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The process stops.
        }
        catch (FailureException away)
        {
            logger.TurnFailed(siteId, away.Failure.Message);
        }
#pragma warning disable CA1031 // one site's trouble must not keep the others from being looked after; it is logged as an error
        catch (Exception bug)
#pragma warning restore CA1031
        {
            logger.Bug(siteId, bug);
        }
    }
}
