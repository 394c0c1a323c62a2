using Grpc.Core;
using Mano.Inventory.V1;
using Mano.Mepm.Sites;
using Mano.Mepm.Wire;
using Mano.Mesh.Failures;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm.Registration;

/// <summary>
/// Keeps the MEO informed of this site: registers, sends heartbeats with the figures that changed, and registers again
/// when the MEO does not know us any more. While the MEO is away nothing else stops. A restart is not a leave, so a stop
/// says nothing to the MEO unless it was asked to.
/// </summary>
internal sealed class SiteRegistration(
    InventoryService.InventoryServiceClient meo, SiteDescriber describer, RegistrationOptions options, TimeProvider clock, ILogger<SiteRegistration> logger)
    : IHostedLifecycleService, IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Dictionary<string, MecHost> told = new(StringComparer.Ordinal);
    private Task work = Task.CompletedTask;
    private bool? reached;
    private Inventory.V1.Site? registered;

    /// <summary>After the server listens: only then is our own address known.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        work = Task.Run(() => Work(stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await stop.CancelAsync();
        await work.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (options.LeaveOnStop && registered is { } site)
        {
            await Leave(site, cancellationToken);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task Work(CancellationToken cancel)
    {
        var pause = options.FirstPause;
        while (!cancel.IsCancellationRequested)
        {
            TimeSpan wait;
            var hostsChange = describer.HostsChange;
            try
            {
                wait = await Step(cancel);
                pause = options.FirstPause;
            }
            catch (FailureException e)
            {
                NotReached(e.Failure);
                wait = pause;
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, options.LongestPause.Ticks));
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // a bug here must not take the site off the MEO's map for good; it is logged as an error
            catch (Exception e)
#pragma warning restore CA1031
            {
                Log.Bug(logger, e);
                wait = options.LongestPause;
            }

            await Rest(wait, hostsChange, cancel);
        }
    }

    /// <summary>A host that came or went is told at once, and so is one whose VIM or platform did.</summary>
    private async Task Rest(TimeSpan wait, Task hostsChange, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(Task.Delay(wait, clock, enough.Token), hostsChange);
        await enough.CancelAsync();
    }

    /// <summary>Registers, or sends a heartbeat. Says when to come again.</summary>
    private async Task<TimeSpan> Step(CancellationToken cancel)
    {
        var site = await describer.Describe(cancel);
        if (registered is null || !SameButFigures(registered, site))
        {
            return await Register(site, cancel);
        }

        var beat = new HeartbeatRequest { SiteId = site.SiteId, Incarnation = site.Incarnation };
        beat.Hosts.AddRange(site.Hosts.Where(h => !h.Equals(told.GetValueOrDefault(h.HostId))));
        try
        {
            var answer = await meo.HeartbeatAsync(beat, Call(cancel)).Answer(cancel);
            Remember(site);
            Reached(site);
            return Interval(answer.HeartbeatIntervalMs);
        }
        catch (FailureException e) when (e.Failure.Kind == FailureKind.NotFound)
        {
            Log.Forgotten(logger, site.SiteId);
            registered = null;
            return await Register(site, cancel);
        }
    }

    private async Task<TimeSpan> Register(Inventory.V1.Site site, CancellationToken cancel)
    {
        try
        {
            var answer = await meo.RegisterSiteAsync(new() { Site = site }, Call(cancel)).Answer(cancel);
            registered = site;
            Remember(site);
            Reached(site);
            return Interval(answer.HeartbeatIntervalMs);
        }
        catch (FailureException e) when (e.Failure.Kind == FailureKind.AlreadyExists)
        {
            Log.Claimed(logger, site.SiteId, e.Failure.Message);
            reached = false;
            return options.LongestPause;
        }
    }

    private async Task Leave(Inventory.V1.Site site, CancellationToken cancel)
    {
        try
        {
            await meo.DeregisterSiteAsync(new() { SiteId = site.SiteId, Incarnation = site.Incarnation }, Call(cancel)).Answer(cancel);
            Log.Left(logger, site.SiteId);
        }
        catch (FailureException e)
        {
            Log.NotLeft(logger, site.SiteId, e.Failure.Message);
        }
    }

    private void Remember(Inventory.V1.Site site)
    {
        told.Clear();
        foreach (var host in site.Hosts)
        {
            told[host.HostId] = host;
        }
    }

    private void Reached(Inventory.V1.Site site)
    {
        if (reached != true)
        {
            Log.Registered(logger, site.SiteId, site.MepmAddress);
        }

        reached = true;
    }

    private void NotReached(Failure failure)
    {
        if (reached != false)
        {
            Log.MeoAway(logger, failure.Message);
        }

        reached = false;
    }

    private CallOptions Call(CancellationToken cancel) => new(deadline: clock.GetUtcNow().UtcDateTime + options.CallTimeout, cancellationToken: cancel);

    private static TimeSpan Interval(long milliseconds) => TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 50, 3_600_000));

    private static bool SameButFigures(Inventory.V1.Site one, Inventory.V1.Site other) =>
        one.Hosts.Select(h => h.HostId).SequenceEqual(other.Hosts.Select(h => h.HostId), StringComparer.Ordinal) && one.SiteId == other.SiteId && one.MepmAddress == other.MepmAddress && one.Name == other.Name && Equals(one.Location, other.Location);
}

internal static partial class Log
{
    [LoggerMessage(4300, LogLevel.Information, "Site {SiteId} is registered with the MEO; it reaches us at {Address}.")]
    public static partial void Registered(ILogger logger, string siteId, string address);

    [LoggerMessage(4301, LogLevel.Warning, "The MEO is away and is tried again until it is back; this site goes on alone: {Why}")]
    public static partial void MeoAway(ILogger logger, string why);

    [LoggerMessage(4302, LogLevel.Information, "The MEO does not know site {SiteId} any more; it is registered again.")]
    public static partial void Forgotten(ILogger logger, string siteId);

    [LoggerMessage(4303, LogLevel.Error, "Site {SiteId} is claimed by another MEPM, so the MEO does not take us; give one of the two another --site: {Why}")]
    public static partial void Claimed(ILogger logger, string siteId, string why);

    [LoggerMessage(4304, LogLevel.Information, "Site {SiteId} has left the MEO's inventory, as --leave asks.")]
    public static partial void Left(ILogger logger, string siteId);

    [LoggerMessage(4305, LogLevel.Warning, "Site {SiteId} could not leave the MEO's inventory: {Why}")]
    public static partial void NotLeft(ILogger logger, string siteId, string why);

    [LoggerMessage(4306, LogLevel.Error, "A bug broke the registration with the MEO, which is tried again.")]
    public static partial void Bug(ILogger logger, Exception exception);
}
