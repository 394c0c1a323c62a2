using Mano.Meo.Inventory;
using Mano.Meo.Northbound;
using Mano.Meo.Reconciliation;
using Mano.Mesh.Failures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Pruning;

/// <summary>Every so often removes a little of what nobody needs any more. The owner of the ledger of capacity does it, so that one replica does.</summary>
internal sealed class Pruner(PruningWork work, CapacityOwnership ownership, PruningOptions options, TimeProvider clock, ILogger<Pruner> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (ownership.Held is { } fence)
                {
                    await work.Turn(fence, stoppingToken);
                }
            }
            catch (FailureException away)
            {
                // The next turn tries again; nothing depends on this one.
                logger.PruningPaused(away.Failure.Message);
            }
        }
    }
}

/// <summary>One turn of it.</summary>
internal sealed class PruningWork(EndedOperations operations, IdempotencyKeys keys, Findings findings, PruningOptions options, ILogger<PruningWork> logger)
{
    public async Task Turn(Mesh.State.ShardFence fence, CancellationToken cancel)
    {
        var removed = await operations.PruneOld(fence, cancel);
        await operations.PruneMany(fence, cancel);
        var expired = await keys.Sweep(options.Every, cancel);
        await findings.Prune(options, fence, cancel);
        if (removed + expired > 0)
        {
            logger.Pruned(removed, expired);
        }
    }
}

/// <summary>What pruning says. Ids 3900 to 3949, of the lifecycle's block.</summary>
internal static partial class Log
{
    [LoggerMessage(3900, LogLevel.Information, "Removed {Operations} operation(s) that ended long ago and {Keys} idempotency key(s) that have expired")]
    public static partial void Pruned(this ILogger logger, int operations, int keys);

    [LoggerMessage(3901, LogLevel.Information, "Removing what nobody needs any more is put off to the next turn: {Why}")]
    public static partial void PruningPaused(this ILogger logger, string why);
}

/// <summary>Composes the capability.</summary>
internal static class PruningRegistration
{
    public static IServiceCollection AddPruning(this IServiceCollection services, PruningOptions options) => services
        .AddSingleton(options)
        .AddSingleton<EndedOperations>()
        .AddSingleton<PruningWork>()
        .AddHostedService<Pruner>();
}
