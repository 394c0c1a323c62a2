using Mano.Mepm.Hosts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm.Orphans;

/// <summary>Compares every host with what is desired: when a link to it comes up, and as often as instances are looked at.</summary>
internal sealed class SiteComparison(MecHosts hosts, SiteSignals signals, OrphanSweep orphans, ImageSweep images, OrphanContext context) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => hosts.ForEach(Compare, stoppingToken);

    private async Task Compare(MecHost host, CancellationToken cancel)
    {
        using var woken = new SemaphoreSlim(0);
        void Wake(string hostId)
        {
            if (hostId == host.HostId)
            {
                woken.Release();
            }
        }

        signals.Host += Wake;
        try
        {
            while (!cancel.IsCancellationRequested)
            {
                // Before the VIM answered for the first time there is nothing to compare.
                var soon = host.VimLink.IsUp ? await Once(host, cancel) : null;
                await Rest(woken, soon is { } t && t < context.Loop.Resync ? t : context.Loop.Resync, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The process stops.
        }
        finally
        {
            signals.Host -= Wake;
        }
    }

    private async Task<TimeSpan?> Once(MecHost host, CancellationToken cancel)
    {
        try
        {
            var began = context.Now;
            await images.Sweep(host, cancel);
            return await orphans.Sweep(host, began, cancel);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            ComparisonLog.Bug(context.Logger, e, host.HostId);
            return null;
        }
    }

    private async Task Rest(SemaphoreSlim woken, TimeSpan time, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var delay = Task.Delay(time, context.Clock, enough.Token);
        var wake = woken.WaitAsync(enough.Token);
        await Task.WhenAny(delay, wake);
        await enough.CancelAsync();
        await wake.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
    }
}

internal static partial class ComparisonLog
{
    [LoggerMessage(4203, LogLevel.Error, "Host {HostId}: a bug broke its comparison with what is desired, which is repeated later.")]
    public static partial void Bug(ILogger logger, Exception exception, string hostId);
}
