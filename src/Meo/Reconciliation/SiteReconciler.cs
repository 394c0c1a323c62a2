using System.Threading.Channels;
using Mano.Meo.Inventory;
using Mano.Meo.Sites;
using Mano.Mesh.Failures;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Reconciliation;

/// <summary>
/// Looks after every site: when it has been listed anew, when it owes something more, and from time to time. Takes no input
/// but the site's name, so that a signal, the timer and a restart take the same way.
/// </summary>
internal sealed class SiteReconciler(
    SiteDirectory directory, ISiteReports sites, SiteTurn turn, ReconciliationOptions options, TimeProvider clock) : BackgroundService
{
    private readonly Channel<string> signals = Channel.CreateUnbounded<string>(new() { SingleReader = true });

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        sites.Synced += Signal;
        turn.Debts.Owed += Signal;
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        sites.Synced -= Signal;
        turn.Debts.Owed -= Signal;
        return base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(OnSignals(stoppingToken), OnTimer(stoppingToken));

    private void Signal(string siteId) => signals.Writer.TryWrite(siteId);

    private async Task OnTimer(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.ResyncEvery, clock);
        while (await timer.WaitForNextTickAsync(stop))
        {
            string? after = null;
            do
            {
                var page = directory.List(after, 1000);
                page.Items.ToList().ForEach(site => Signal(site.Model.SiteId));
                after = page.NextToken;
            }
            while (after.Length > 0);
        }
    }

    /// <summary>One turn at a time for a site; a signal that arrives meanwhile makes another one.</summary>
    private async Task OnSignals(CancellationToken stop)
    {
        var gate = new Lock();
        var again = new Dictionary<string, bool>(StringComparer.Ordinal);
        await foreach (var siteId in signals.Reader.ReadAllAsync(stop))
        {
            lock (gate)
            {
                if (again.ContainsKey(siteId))
                {
                    again[siteId] = true;
                    continue;
                }

                again[siteId] = false;
            }

            _ = Task.Run(() => Turns(siteId), CancellationToken.None);
        }

        async Task Turns(string siteId)
        {
            while (true)
            {
                await turn.Take(siteId, stop);
                lock (gate)
                {
                    if (!again[siteId] || stop.IsCancellationRequested)
                    {
                        again.Remove(siteId);
                        return;
                    }

                    again[siteId] = false;
                }
            }
        }
    }
}

/// <summary>What is done for one site in one turn.</summary>
internal sealed class SiteTurn(DebtLedger debts, DebtCollector collector, ILogger<SiteTurn> logger)
{
    public DebtLedger Debts => debts;

    /// <summary>Never throws.</summary>
    public async Task Take(string siteId, CancellationToken cancel)
    {
        try
        {
            await collector.Collect(siteId, logger, cancel);
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
