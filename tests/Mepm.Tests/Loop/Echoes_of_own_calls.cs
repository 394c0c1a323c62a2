using Mano.Mepm.Instances;
using Mano.Mepm.Platforms;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Simulated;

namespace Mano.Mepm.Tests.Loop;

/// <summary>
/// A watch tells what the loop's own calls did, too: that costs no look. Timers stand in for nothing here, the resync is hours away.
/// </summary>
public sealed class Echoes_of_own_calls
{
    [Fact]
    public async Task What_the_watches_tell_of_the_loops_own_calls_is_not_looked_at_again()
    {
        await using var site = await Served();

        Assert.Equal(0, site.Platform.Gets);
    }

    [Fact]
    public async Task What_the_platform_did_by_itself_is_looked_at_when_its_watch_tells_it()
    {
        await using var site = await Served();

        site.Platform.Fail(SiteWorld.Id, Failure.Unavailable("DNS_AWAY", "names are not answered"));
        await site.Until(() => site.Status?[ConditionType.RulesActive]?.Reason == "DNS_AWAY", "it is seen");

        Assert.Equal(1, site.Platform.Gets);
    }

    [Fact]
    public async Task What_the_VIM_did_by_itself_is_looked_at_when_its_watch_tells_it()
    {
        await using var site = await Served();

        site.Vim.SwitchOff(SiteWorld.Id);
        await site.Until(() => site.Journal.Count("PowerStarted") == 1, "it is started");
        await site.Steady(1);
    }

    [Fact]
    public async Task What_is_told_as_it_was_before_and_is_another_way_now_is_looked_at()
    {
        await using var site = await Served();
        var served = site.Platform.Held(SiteWorld.Id)!;

        site.Platform.Meddle(SiteWorld.Id, _ => served with { Message = "Somebody meddled." });
        await site.Until(() => site.Status?[ConditionType.RulesActive]?.Message == "Somebody meddled.", "it is seen");
        site.Platform.Meddle(SiteWorld.Id, _ => served);
        await site.Until(() => site.Status?[ConditionType.RulesActive]?.Message == served.Message, "that it was undone is seen");
    }

    [Fact]
    public async Task What_nobody_tells_is_seen_by_the_resync_though_everything_told_was_an_echo()
    {
        await using var site = await Served();

        site.Platform.Meddle(SiteWorld.Id, _ => null, told: false);
        site.Clock.Advance(site.Options.Resync);
        await site.Until(() => site.Journal.Count("Ensure app-1") == 2, "its rules are put back");
        await site.Steady(1);
    }

    [Fact]
    public async Task What_is_told_while_the_answer_of_the_call_got_lost_is_looked_at()
    {
        await using var site = await SiteWorld.Start(new SimulatedVimOptions { BootTime = TimeSpan.Zero });
        site.Platform.NextChanges.Enqueue(Failure.Unavailable("LOST", "after: the reply was lost"));
        await site.Desire(1);
        await site.Steady(1);

        Assert.NotEqual(0, site.Platform.Gets);
        Assert.Equal(PlatformPhase.Active, site.Platform.Held(SiteWorld.Id)!.Phase);
    }

    /// <summary>An instance that serves, and both watches have told all about it.</summary>
    private static async Task<SiteWorld> Served()
    {
        var site = await SiteWorld.Start(new SimulatedVimOptions { BootTime = TimeSpan.Zero });
        await site.Desire(1);
        await site.Steady(1);
        await site.AllTold();
        return site;
    }
}
