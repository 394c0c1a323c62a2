using Mano.Mepm.Findings;
using Mano.Mepm.Instances;
using Mano.Mepm.Loop;
using Mano.Mepm.Platforms;
using Mano.Mepm.Tests.Loop;

namespace Mano.Mepm.Tests.Below;

/// <summary>What somebody else does to a running instance, and what the site makes of it.</summary>
public sealed class Drift_repair
{
    [Fact]
    public async Task A_VIM_that_shows_nothing_for_a_moment_has_nothing_made_anew_and_no_rule_withdrawn()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);

        site.Vims.Blind = true;
        site.Signal();
        await site.Until(() => site.Status?[ConditionType.Allocated] is { Holds: Truth.Unknown, Reason: "COMPUTE_MISSED" }, "it is doubted");
        site.Vims.Blind = false;
        await site.Steady(1);

        Assert.Equal(1, site.Journal.Count("EnsureCompute"));
        Assert.Equal(0, site.Journal.Count("NotRunning"));
        Assert.Empty(site.Findings.List(openOnly: false));
    }

    [Fact]
    public async Task A_lost_compute_is_made_again_and_the_finding_is_told_and_closed()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);

        await Lose(site);
        await site.Until(() => site.Journal.Count("EnsureCompute") >= 2, "another is made");
        await site.Steady(1);

        var finding = Assert.Single(site.Findings.List(openOnly: false));
        Assert.Equal((FindingSubject.Compute, FindingKind.Lost, FindingAction.Recreated), (finding.Key.Subject, finding.Key.Kind, finding.Action));
        Assert.NotNull(finding.ResolvedAt);
    }

    [Fact]
    public async Task By_policy_a_lost_compute_is_reported_and_not_made_again_until_a_new_intent()
    {
        await using var site = await Reporting();
        await Lose(site);
        await site.Until(() => site.Status?.Phase == InstancePhase.Failed, "it failed");

        Assert.Equal("COMPUTE_LOST", site.Status!.Failure!.Reason);
        Assert.Equal(1, site.Journal.Count("EnsureCompute"));
        Assert.Null(site.Platform.Held(SiteWorld.Id)!.Endpoint);
        Assert.Equal(FindingAction.Failed, Assert.Single(site.Findings.List(openOnly: true)).Action);

        await site.Desire(2);
        await site.Steady(2);
        Assert.Empty(site.Findings.List(openOnly: true));
    }

    [Theory]
    [InlineData(RequiredRestart.Always)]
    [InlineData(RequiredRestart.Never)]
    public async Task A_compute_that_somebody_stopped_is_started_again(RequiredRestart restart)
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1, SiteWorld.Wanted(restart: restart));
        await site.Steady(1);

        site.Vim.SwitchOff(SiteWorld.Id);
        await site.Until(() => site.Journal.Count("PowerStarted") == 1, "it is started");
        await site.Steady(1);

        Assert.Equal(FindingAction.Started, Assert.Single(site.Findings.List(openOnly: false)).Action);
        Assert.True(site.Journal.Count("NotRunning") == 1, "its rules were withdrawn meanwhile");
    }

    [Fact]
    public async Task By_policy_a_stopped_compute_is_reported_and_its_rules_are_withdrawn()
    {
        await using var site = await Reporting();
        site.Vim.SwitchOff(SiteWorld.Id);
        await site.Until(() => site.Status?.Phase == InstancePhase.Failed, "it failed");
        Assert.Equal("COMPUTE_STOPPED", site.Status!.Failure!.Reason);
        Assert.Null(site.Platform.Held(SiteWorld.Id)!.Endpoint);
    }

    [Fact]
    public async Task What_is_lost_again_and_again_is_made_ever_more_slowly_and_the_condition_says_why()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);
        var started = site.Clock.GetUtcNow();
        var told = false;
        for (var made = 2; made <= 7; made++)
        {
            await Lose(site);
            await site.Until(
                () =>
                {
                    told |= site.Status?[ConditionType.Allocated]?.Reason == "FLAPPING";
                    return site.Journal.Count("EnsureCompute") == made;
                },
                $"compute {made} is made");
            await site.Steady(1);
        }

        // Three at once, then pauses of 10, 20 and 40 s.
        Assert.True(told);
        Assert.InRange((site.Clock.GetUtcNow() - started).TotalSeconds, 70, 120);
    }

    [Fact]
    public async Task What_the_platform_lost_of_one_instance_is_put_back()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);

        site.Platform.Meddle(SiteWorld.Id, _ => null);
        await site.Until(() => site.Journal.Count("Ensure app-1") == 2, "it is configured again");
        await site.Steady(1);

        Assert.Equal(PlatformPhase.Active, site.Platform.Held(SiteWorld.Id)!.Phase);
        var finding = Assert.Single(site.Findings.List(openOnly: false));
        Assert.Equal((FindingSubject.Application, FindingKind.Lost, FindingAction.PutBack), (finding.Key.Subject, finding.Key.Kind, finding.Action));
        Assert.Equal(1, site.Journal.Count("EnsureCompute"));
    }

    [Fact]
    public async Task Rules_that_somebody_else_configured_are_put_back()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);

        site.Platform.Meddle(SiteWorld.Id, app => app! with { ConfigurationDigest = "-" });
        await site.Until(() => site.Journal.Count("Ensure app-1") == 2, "it is configured again");
        await site.Steady(1);

        Assert.Equal((FindingKind.Changed, FindingAction.PutBack), (site.Findings.List(openOnly: false)[0].Key.Kind, site.Findings.List(openOnly: false)[0].Action));
    }

    [Fact]
    public async Task A_platform_that_does_not_tell_what_it_was_given_is_not_configured_without_end()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);
        site.Platform.Meddle(SiteWorld.Id, app => app! with { ConfigurationDigest = "" });
        site.Signal();
        await site.Steady(1);
        Assert.Equal(1, site.Journal.Count("Ensure app-1"));
    }

    [Fact]
    public async Task A_restored_old_intent_makes_no_compute_that_the_MEO_did_not_grant()
    {
        await using var site = await SiteWorld.Start(new() { MilliCpu = 100 });
        await site.Desire(1);
        await site.Until(() => site.Status?.Phase == InstancePhase.Failed, "it could not be made");
        var made = site.Journal.Count("EnsureCompute");
        await site.StopProcess();
        site.HealRefusal = Mesh.Failures.Failure.Forbidden("NOT_MEANT_HERE", "it was removed meanwhile");
        await site.StartProcess();

        await site.Until(() => site.Status?.Failure?.Reason == "NOT_MEANT_HERE", "the MEO was asked");
        Assert.Equal(made, site.Journal.Count("EnsureCompute"));
    }

    [Fact]
    public async Task An_old_intent_is_removed_though_VIM_and_platform_have_seen_a_newer_removal()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(5);
        await site.Steady(5);
        await site.Remove(9);
        await site.Gone();

        await site.LoseRecords();
        await site.Desire(5);
        await site.Until(() => site.Status?.Phase == InstancePhase.Failed, "the fences of the removal hold it back");
        Assert.Empty(await site.Vim.ListComputesAsync(default));
        await site.Remove(6);
        await site.Gone();
    }

    [Fact]
    public async Task A_new_instance_is_not_asked_for_at_a_platform_that_is_known_not_to_have_it()
    {
        await using var site = await SiteWorld.Start();
        site.Platform.Eager = true;
        await site.Remove(1);
        var before = site.Platform.Gets;
        await site.Desire(2);
        await site.Until(() => site.Journal.Count("EnsureCompute") == 1, "its compute is made");
        Assert.True(site.Host.PlatformIndex.KnowsAbsent("another"));
        await site.Steady(2);
        Assert.True(site.Platform.Gets >= before);
    }

    private static async Task<SiteWorld> Reporting()
    {
        var site = await SiteWorld.Start(loop: new() { Resync = TimeSpan.FromHours(6), Parallelism = 4, Drift = DriftPolicy.Report });
        await site.Desire(1);
        await site.Steady(1);
        return site;
    }

    private static async Task Lose(SiteWorld site)
    {
        await site.Steady(1);
        site.Vim.Drop(SiteWorld.Id);
    }

}
