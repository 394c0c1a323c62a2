using Mano.Mepm.Platforms;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm.Hosts;

/// <summary>Watches the VIM and the platform of every host. A watch that breaks is opened again and starts with a snapshot.</summary>
internal sealed class HostLinks(MecHosts hosts, SiteSignals signals, TimeProvider clock, ILogger<HostLinks> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => hosts.ForEach(
        (host, cancel) => Task.WhenAll(
            Keep(host, host.VimLink, $"The VIM of host {host.HostId}", stop => WatchVim(host, stop), cancel),
            Keep(host, host.PlatformLink, $"The platform of host {host.HostId}", stop => WatchPlatform(host, stop), cancel)),
        stoppingToken);

    private async Task Keep(MecHost host, LinkState link, string what, Func<CancellationToken, Task> watch, CancellationToken cancel)
    {
        var pause = FirstPause;
        while (!cancel.IsCancellationRequested)
        {
            var life = link.Life;
            var why = "the watch ended";
            try
            {
                await watch(cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (FailureException e)
            {
                why = e.Failure.ToString();
            }
#pragma warning disable CA1031 // an adapter's bug must not end the watch over the other hosts; it is logged as an error
            catch (Exception e)
#pragma warning restore CA1031
            {
                why = $"{e.GetType().Name}: {e.Message}";
                HostLog.WatchBug(logger, e, what);
            }

            pause = link.Life == life ? TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks)) : FirstPause;
            if (link.Down(why, clock.GetUtcNow()))
            {
                HostLog.LinkDown(logger, what, why);
                Tell(host);
            }

            await Task.Delay(pause, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WatchVim(MecHost host, CancellationToken cancel)
    {
        host.ForgetImagesOfAnotherVim();
        host.Capabilities = await host.Vim.GetCapabilitiesAsync(cancel);
        host.VimEchoes.Clear();
        await foreach (var told in host.Vim.WatchComputesAsync(cancel))
        {
            if (told.Kind == ComputeEventKind.Synced)
            {
                host.VimLink.Up();
                HostLog.LinkUp(logger, $"The VIM of host {host.HostId}");
                Tell(host);
            }
            else if (told.Kind != ComputeEventKind.Listed)
            {
                Signal(host.VimEchoes, told.ComputeId, told.Compute);
            }
        }
    }

    private async Task WatchPlatform(MecHost host, CancellationToken cancel)
    {
        host.Facts = await host.Platform.GetFacts(cancel);
        host.PlatformIndex.Begin();
        host.PlatformEchoes.Clear();
        try
        {
            await foreach (var told in host.Platform.Watch(cancel))
            {
                if (told != PlatformTold.Synced)
                {
                    host.PlatformIndex.Note(told.AppInstanceId, told.Held);
                    Signal(host.PlatformEchoes, told.AppInstanceId, told.Application);
                    continue;
                }

                host.PlatformIndex.Synced();
                host.PlatformLink.Up();
                HostLog.LinkUp(logger, $"The platform of host {host.HostId}");
                Tell(host);
            }
        }
        finally
        {
            host.PlatformIndex.Lost();
        }
    }

    /// <summary>To the loop, whose instances there may be other than they were; and to the MEO, which places by the host's health.</summary>
    private void Tell(MecHost host)
    {
        signals.OfHost(host.HostId);
        hosts.TellChange();
    }

    private void Signal<T>(Echoes<T> echoes, string appInstanceId, T? now)
        where T : class
    {
        if (now is not null && echoes.Told(appInstanceId, now))
        {
            signals.OfWatched(appInstanceId);
            return;
        }

        echoes.Forget(appInstanceId);
        signals.OfInstance(appInstanceId);
    }
}

internal static partial class HostLog
{
    [LoggerMessage(4100, LogLevel.Information, "{Link} is watched.")]
    public static partial void LinkUp(ILogger logger, string link);

    [LoggerMessage(4101, LogLevel.Warning, "{Link} is away, and is tried again until it is back: {Why}")]
    public static partial void LinkDown(ILogger logger, string link, string why);

    [LoggerMessage(4102, LogLevel.Error, "{Link}: a bug broke its watch, which is opened again.")]
    public static partial void WatchBug(ILogger logger, Exception exception, string link);
}
