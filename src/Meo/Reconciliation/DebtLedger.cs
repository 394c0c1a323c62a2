using System.Collections.Concurrent;
using Mano.Meo.Inventory;
using Mano.Mesh.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Reconciliation;

/// <summary>
/// Keeps the ledger of capacity in step with the stored debts: what an instance that was given up may still occupy is not
/// free, whoever gave it up. It reads them before the sites are known, so that what a site reports as used is not counted twice,
/// and then follows the store, because the commit that makes a debt may be another replica's.
/// </summary>
internal sealed class DebtLedger : BackgroundService, IStateMirror
{
    private readonly Fleet fleet;
    private readonly ILogger<DebtLedger> logger;
    private readonly StateFollower follower;
    private readonly ConcurrentDictionary<string, long> versions = new(StringComparer.Ordinal);
    private bool isStarted;

    public DebtLedger(IStateStore store, Fleet fleet, TimeProvider clock, ILogger<DebtLedger> logger)
    {
        (this.fleet, this.logger) = (fleet, logger);
        follower = new(store, Debts.Prefix, this, clock);
    }

    /// <summary>Raised when a site owes something more. Handlers must be quick and must not throw.</summary>
    public event Action<string>? Owed;

    public IReadOnlyCollection<string> Keys => [.. versions.Keys];

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await follower.Start(cancellationToken);
        isStarted = true;
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Reads every debt; complete as of the call.</summary>
    public Task List(CancellationToken cancel) => follower.List(cancel);

    public ValueTask Put(Entry entry)
    {
        Take(entry.As(ReconciliationJson.Default.Debt));
        return ValueTask.CompletedTask;
    }

    /// <summary>The store has this debt.</summary>
    public void Take(Stored<Debt> stored)
    {
        var debt = stored.Value;
        if (versions.GetValueOrDefault(stored.Key) < stored.Version)
        {
            versions[stored.Key] = stored.Version;
            fleet.Owe(debt);
            if (isStarted)
            {
                logger.Owed(debt.SiteId, debt.AppInstanceId, debt.Generation, debt.Message);
            }

            Owed?.Invoke(debt.SiteId);
        }
    }

    public ValueTask Gone(string key, long version)
    {
        if (versions.GetValueOrDefault(key) < version)
        {
            versions.TryRemove(key, out _);
            fleet.Paid(key);
        }

        return ValueTask.CompletedTask;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => follower.Follow(stoppingToken);
}
