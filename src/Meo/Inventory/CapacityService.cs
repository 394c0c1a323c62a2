using Mano.Meo.Replicas;
using Mano.Mesh.Failures;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Inventory;

/// <summary>Keeps <see cref="CapacityOwnership"/>'s rounds, at every third of a lease and when a replica came or went; leaves before the process waits for its last calls.</summary>
internal sealed class CapacityService(
    CapacityOwnership ownership, ReplicaDirectory replicas, ReplicaOptions options, TimeProvider clock, ILogger<CapacityService> logger)
    : BackgroundService, IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ownership.Leave(cancellationToken);
        }
        catch (FailureException away)
        {
            logger.LedgerTrouble(away.Failure);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.LeaseTime / 3, clock);
        var due = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        while (true)
        {
            var changed = replicas.Changed(stoppingToken);
            await Round(stoppingToken);
            if (await Task.WhenAny(due, changed) == due)
            {
                await due;
                due = timer.WaitForNextTickAsync(stoppingToken).AsTask();
            }
        }
    }

    private async Task Round(CancellationToken stop)
    {
        try
        {
            await ownership.Round(stop);
        }
        catch (FailureException away)
        {
            // The store is away; nothing can be promised without it either. The next round tries again.
            logger.LedgerTrouble(away.Failure);
        }
    }
}
