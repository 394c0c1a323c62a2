using System.Collections.Concurrent;
using Mano.Mepm.Simulation;
using Microsoft.AspNetCore.Connections;

namespace Mano.Cli.Simulate;

/// <summary>One site of the fleet and the connections to it, which break when it goes away.</summary>
internal sealed class FleetSite(SimulatedSite site) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<ConnectionContext, bool> connections = new();
    private readonly SemaphoreSlim turn = new(1, 1);
    private volatile bool isAway = true;

    public SimulatedSite Site => site;

    /// <summary>Whether a MEO watches it.</summary>
    public bool IsConnected => !isAway && site.Watchers > 0;

    public async Task StartAsync(CancellationToken cancel)
    {
        await site.StartAsync(cancel);
        isAway = false;
    }

    /// <summary>Serves one connection to it; one to a site that is away is broken at once.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        connections[connection] = true;
        if (isAway)
        {
            connection.Abort();
        }

        try
        {
            connection.Features.Set(this);
            await next(connection);
        }
        finally
        {
            connections.TryRemove(connection, out _);
        }
    }

    /// <summary>Goes away and comes back; one outage of a site at a time. Comes back in any case.</summary>
    public async Task BeAwayAsync(PlannedOutage outage, TimeProvider clock, CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            isAway = true;
            site.IsCut = true;
            foreach (var connection in connections.Keys)
            {
                connection.Abort();
            }

            if (outage.Kind == OutageKind.Restart)
            {
                await site.StopAsync();
            }

            await Task.Delay(outage.For, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            site.IsCut = false;
            if (outage.Kind == OutageKind.Restart)
            {
                await site.StartAsync(CancellationToken.None);
            }

            isAway = false;
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        isAway = true;
        await site.DisposeAsync();
        turn.Dispose();
    }
}
