using System.Threading.Channels;
using Mano.Meo.Inventory;
using Mano.Meo.Sites;
using Microsoft.Extensions.Hosting;

namespace Mano.Meo.Reconciliation;

/// <summary>
/// Looks after every site: when it has been listed anew, when it owes something more, and from time to time. A turn takes no input
/// but the site's name and how closely to look, so that a signal, the timer and a restart take the same way. One turn at a time for a
/// site; what is signalled meanwhile makes another one.
/// </summary>
internal sealed class SiteReconciler(
    SiteDirectory directory, ISiteReports sites, SiteTurn turn, ReconciliationOptions options, TimeProvider clock) : BackgroundService
{
    private readonly Channel<(string SiteId, bool Thorough)> signals = Channel.CreateUnbounded<(string, bool)>(new() { SingleReader = true });
    private readonly Lock gate = new();
    private readonly Dictionary<string, Wish> wishes = new(StringComparer.Ordinal);

    private enum Wish
    {
        None,
        Look,
        LookClosely,
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        sites.Synced += OnSynced;
        turn.Debts.Owed += OnOwed;
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        sites.Synced -= OnSynced;
        turn.Debts.Owed -= OnOwed;
        return base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(OnSignals(stoppingToken), OnTimer(stoppingToken));

    private void OnSynced(string siteId) => signals.Writer.TryWrite((siteId, true));

    private void OnOwed(string siteId) => signals.Writer.TryWrite((siteId, false));

    private async Task OnTimer(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.ResyncEvery, clock);
        for (var count = 1; await timer.WaitForNextTickAsync(stop); count++)
        {
            string? after = null;
            do
            {
                var page = directory.List(after, 1000);
                foreach (var site in page.Items)
                {
                    signals.Writer.TryWrite((site.Model.SiteId, count % options.ThoroughEvery == 0));
                }

                after = page.NextToken;
            }
            while (after.Length > 0);
        }
    }

    private async Task OnSignals(CancellationToken stop)
    {
        await foreach (var (siteId, thorough) in signals.Reader.ReadAllAsync(stop))
        {
            bool isBusy;
            lock (gate)
            {
                isBusy = wishes.TryGetValue(siteId, out var wish);
                wishes[siteId] = thorough || wish == Wish.LookClosely ? Wish.LookClosely : Wish.Look;
            }

            if (!isBusy)
            {
                _ = Task.Run(() => Turns(siteId, stop), CancellationToken.None);
            }
        }
    }

    private async Task Turns(string siteId, CancellationToken stop)
    {
        while (true)
        {
            Wish wish;
            lock (gate)
            {
                wish = wishes[siteId];
                if (wish == Wish.None || stop.IsCancellationRequested)
                {
                    wishes.Remove(siteId);
                    return;
                }

                wishes[siteId] = Wish.None;
            }

            await turn.Take(siteId, wish == Wish.LookClosely, stop);
        }
    }
}
