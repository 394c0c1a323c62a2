using Mano.Meo.Inventory;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Reconciliation;

/// <summary>
/// Keeps the ledger of capacity in step with the stored debts: what an instance that was given up may still occupy is not
/// free, whoever gave it up. It reads them before the sites are known, so that what a site reports as used is not counted twice,
/// and then follows the store, because the commit that makes a debt may be another replica's.
/// </summary>
internal sealed class DebtLedger(IStateStore store, Fleet fleet, TimeProvider clock, ILogger<DebtLedger> logger) : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stop = new();
    private Task following = Task.CompletedTask;

    /// <summary>Raised when a site owes something more. Handlers must be quick and must not throw.</summary>
    public event Action<string>? Owed;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var since = await Load(cancellationToken);
        following = Task.Run(() => Follow(since), CancellationToken.None);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!stop.IsCancellationRequested)
        {
            await stop.CancelAsync();
        }

        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(default);
        stop.Dispose();
    }

    /// <summary>Reads all; says from which revision on to follow.</summary>
    private async Task<long> Load(CancellationToken cancel)
    {
        var revision = await store.CurrentRevision(cancel);
        var stored = new List<Debt>();
        await foreach (var debt in store.ScanAll(Debts.Prefix, ReconciliationJson.Default.Debt, cancel))
        {
            stored.Add(debt.Value);
        }

        fleet.OweOnly(stored);
        foreach (var site in stored.Select(d => d.SiteId).Distinct())
        {
            Owed?.Invoke(site);
        }

        return revision;
    }

    private async Task Follow(long since)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in store.Watch(Debts.Prefix, since, stop.Token))
                {
                    Apply(change);
                    since = change.Revision - 1; // all of a commit, should the watch break in the middle of it
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (FailureException lost)
            {
                since = await Recover(lost, since);
            }
        }
    }

    private async Task<long> Recover(FailureException lost, long since)
    {
        try
        {
            if (lost.Failure.Reason is StateFailures.RevisionCompacted or StateFailures.RevisionAhead)
            {
                return await Load(stop.Token);
            }

            await Task.Delay(AskAgainAfter, clock, stop.Token);
        }
        catch (Exception again) when (again is FailureException or OperationCanceledException)
        {
            // The store is away, or we stop: the loop looks which.
        }

        return since;
    }

    private void Apply(Change change)
    {
        if (change.IsDelete)
        {
            fleet.Paid(change.Key);
            return;
        }

        var debt = change.As(ReconciliationJson.Default.Debt).Value;
        fleet.Owe(debt);
        logger.Owed(debt.SiteId, debt.AppInstanceId, debt.Generation, debt.Message);
        Owed?.Invoke(debt.SiteId);
    }
}
