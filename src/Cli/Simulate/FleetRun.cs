using System.Net;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Mesh.Failures;

namespace Mano.Cli.Simulate;

/// <summary>One simulation from start to summary. When it is interrupted the load ends, and the summary is of what there was.</summary>
internal sealed class FleetRun(FleetOptions options, Invocation run, Uri? meoAddress, IPEndPoint? listen)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    /// <summary>After Ctrl-C nobody waits long.</summary>
    private static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(10);

    private readonly TimeProvider clock = run.Surroundings.Clock;
    private int wentAway;
    private int cameBack;

    public async Task<FleetSummary> RunAsync()
    {
        await using var own = meoAddress is null ? await OwnMeo.StartAsync(run.Stop) : null;
        var address = own?.Address ?? meoAddress!;
        using var meo = new MeoConnection(address.GetLeftPart(UriPartial.Authority), run.Surroundings.Ids.NewId(), clock, run.Certificates());
        var packageId = await SimulatedApplication.OnboardAsync(meo, clock, run.Stop);
        var before = own?.ResidentMib;

        var plan = FleetPlan.Of(options);
        var since = clock.GetTimestamp();
        await using var fleet = await Fleet.StartAsync(plan, address, listen, run.Surroundings, run.Stop);
        await fleet.ConnectedAsync(options.Patience, clock, run.Stop);
        await fleet.UsableAsync(meo, options.Patience, clock, run.Stop);
        var connectedAfter = clock.GetElapsedTime(since);
        var connected = own?.ResidentMib;
        run.Remark($"{fleet.Sites.Count} sites are connected after {Words.Elapsed(connectedAfter)}");

        var load = new FleetLoad(meo, packageId, options, clock);
        var begun = clock.GetTimestamp();
        await LoadAsync(load, fleet, plan);
        var seconds = clock.GetElapsedTime(begun).TotalSeconds;
        var (instantiated, terminated) = (load.Instantiated.Summary(seconds), load.Terminated.Summary(seconds));
        run.Remark("comparing records and sites…");
        var agreement = await SettledAsync(meo, fleet, load);
        var sites = new SiteSummary(fleet.Sites.Count, plan.Sites.Sum(s => s.Hosts.Count), fleet.Connected, Math.Round(connectedAfter.TotalSeconds, 1), wentAway, cameBack);
        var memory = own is null ? null : new MeoSummary(before, connected, (connected - before) * 1024 / fleet.Sites.Count, own.PeakMib);
        var left = run.Stop.IsCancellationRequested ? null : await LeaveAsync(meo, fleet, load);
        return new(options.Seed, Math.Round(seconds, 1), sites, instantiated, terminated, agreement, left, memory);
    }

    private async Task LoadAsync(FleetLoad load, Fleet fleet, FleetPlan plan)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(run.Stop);
        var telling = TellAsync(load, fleet, over.Token);
        await load.FillAsync(run.Stop);
        var outages = Task.WhenAll(plan.Outages.Select(o => OutageAsync(fleet.Sites[o.Site], o)));
        await load.ChurnAsync(run.Stop);
        await outages;
        await over.CancelAsync();
        await telling;
    }

    private async Task OutageAsync(FleetSite site, PlannedOutage outage)
    {
        await Task.Delay(outage.At, clock, run.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (run.Stop.IsCancellationRequested)
        {
            return;
        }

        Interlocked.Increment(ref wentAway);
        await site.BeAwayAsync(outage, clock, run.Stop);
        for (var since = clock.GetTimestamp(); !site.IsConnected && clock.GetElapsedTime(since) < Patience; await Glanced())
        {
        }

        _ = site.IsConnected ? Interlocked.Increment(ref cameBack) : 0;
    }

    /// <summary>Records and sites, compared until they agree or patience ends: what goes on below the MEO needs its time.</summary>
    private async Task<AgreementSummary> SettledAsync(MeoConnection meo, Fleet fleet, FleetLoad load)
    {
        for (var since = clock.GetTimestamp(); ; await Glanced())
        {
            var known = load.Known;
            var differences = await FleetAgreement.DifferencesAsync(meo, fleet, known, CancellationToken.None);
            if (differences.Count == 0 || clock.GetElapsedTime(since) > Patience)
            {
                return new(known.Count, differences);
            }
        }
    }

    /// <summary>Takes away what was brought; says what is left then.</summary>
    private async Task<AgreementSummary?> LeaveAsync(MeoConnection meo, Fleet fleet, FleetLoad load)
    {
        run.Remark($"terminating {load.Known.Count} instances…");
        for (var since = clock.GetTimestamp(); load.Known.Count > 0 && clock.GetElapsedTime(since) < Patience && !run.Stop.IsCancellationRequested; await Glanced())
        {
            await load.DrainAsync(run.Stop);
        }

        if (run.Stop.IsCancellationRequested)
        {
            return null;
        }

        var left = await SettledAsync(meo, fleet, load);
        await fleet.LeaveAsync(run.Stop);
        return left;
    }

    private async Task TellAsync(FleetLoad load, Fleet fleet, CancellationToken over)
    {
        var (since, last) = (clock.GetTimestamp(), 0);
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(Every, clock, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var done = load.Instantiated.All + load.Terminated.All;
            run.Remark(FormattableString.Invariant(
                $"{clock.GetElapsedTime(since).TotalSeconds,5:0} s  {fleet.Connected}/{fleet.Sites.Count} sites  {load.Live} instances  {load.InFlight} in flight  {done} ended, {(done - last) / Every.TotalSeconds:0} a second  {load.Instantiated.Failed + load.Terminated.Failed} failed"));
            last = done;
        }
    }

    private TimeSpan Patience => run.Stop.IsCancellationRequested ? ShortPatience : options.Patience;

    private Task Glanced() => Task.Delay(Glance, clock);
}
