using Mano.Mesh.Failures;
using Microsoft.Extensions.Hosting;

namespace Mano.Meo.Northbound;

/// <summary>Removes expired idempotency keys from time to time. A store that is away is tried again at the next turn.</summary>
internal sealed class IdempotencySweeper(IdempotencyKeys keys, IdempotencyOptions options, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.SweepEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await keys.Sweep(stoppingToken);
            }
            catch (FailureException)
            {
                // The next turn tries again; nothing depends on this one.
            }
        }
    }
}
