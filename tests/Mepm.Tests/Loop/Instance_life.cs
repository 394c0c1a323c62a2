using Mano.Mepm.Instances;
using Mano.Mepm.Platforms;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Tests.Loop;

/// <summary>What becomes of an instance when everything works.</summary>
public sealed class Instance_life
{
    [Fact]
    public async Task A_started_instance_makes_every_condition_true()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);

        var status = await site.Steady(1);

        Assert.Equal(Enum.GetValues<ConditionType>(), status.Conditions.Select(c => c.Type));
        Assert.All(status.Conditions, c => Assert.Equal(Truth.Yes, c.Holds));
        Assert.Equal(8080, status.Endpoint!.Ports.Single().Number);
        Assert.Equal(1, site.Journal.Count("EnsureCompute"));
        Assert.Equal(1, site.Journal.Count("Ensure app-1"));
        Assert.Equal(1, site.Journal.Count("Running"));
    }

    [Fact]
    public async Task The_application_is_told_who_and_where_it_is()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);

        var compute = await site.Vim.GetComputeAsync(SiteWorld.Id, default);

        Assert.Equal("app-1", compute!.Spec.Environment["MANO_APP_INSTANCE_ID"]);
        Assert.Equal("site-a", compute.Spec.Environment["MANO_SITE_ID"]);
        Assert.Equal("http://127.0.0.1:7414", compute.Spec.Environment["MANO_MP1_URL"]);
    }

    [Fact]
    public async Task An_application_that_is_not_ready_has_no_active_rules()
    {
        await using var site = await SiteWorld.Start();
        site.Platform.Eager = false;
        await site.Desire(1);

        await site.Until(() => site.Status?[ConditionType.Ready]?.Reason == "AWAITING_READY", "it waits for the application");
        Assert.Equal(InstancePhase.Progressing, site.Status!.Phase);
        Assert.Equal(Truth.No, site.Status![ConditionType.RulesActive]!.Holds);
        Assert.Equal(Truth.Yes, site.Status![ConditionType.Running]!.Holds);

        site.Platform.Confirm(SiteWorld.Id);
        await site.Steady(1);
    }

    [Fact]
    public async Task Rules_leave_before_the_compute_and_the_compute_before_the_record()
    {
        await using var site = await SiteWorld.Start();
        site.Platform.Eager = false;
        await site.Desire(1);
        await site.Until(() => site.Platform.Held(SiteWorld.Id)?.Phase == PlatformPhase.AwaitingReady, "it runs");
        site.Platform.Confirm(SiteWorld.Id);
        await site.Steady(1);

        await site.Remove(2, graceful: TimeSpan.FromSeconds(30));
        await site.Until(() => site.Platform.Held(SiteWorld.Id)?.Phase == PlatformPhase.Draining, "it is being drained");
        Assert.Equal(InstancePhase.Terminating, site.Status!.Phase);
        Assert.Equal(0, site.Journal.Count("DeleteCompute"));
        Assert.NotNull(await site.Vim.GetComputeAsync(SiteWorld.Id, default));

        site.Platform.Confirm(SiteWorld.Id);
        await site.Gone();
        Assert.Null(await site.Vim.GetComputeAsync(SiteWorld.Id, default));
        Assert.Null(site.Platform.Held(SiteWorld.Id));
        Assert.True(site.Journal.LastOf("Drain") < site.Journal.LastOf("DeleteCompute"));
        Assert.True(site.Journal.LastOf("DeleteCompute") < site.Journal.LastOf("Remove"));
    }

    [Fact]
    public async Task Stop_drains_first_and_start_serves_again_on_the_same_compute()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);
        var made = await site.Vim.GetComputeAsync(SiteWorld.Id, default);

        await site.Desire(2, SiteWorld.Wanted(DesiredPower.Stopped));
        var stopped = await site.Steady(2);
        Assert.Equal(Truth.No, stopped[ConditionType.Running]!.Holds);
        Assert.True(site.Journal.LastOf("DrainStopping") < site.Journal.LastOf("PowerStopped"));
        Assert.False(site.Platform.Held(SiteWorld.Id)!.InService);

        await site.Desire(3);
        await site.Steady(3);
        var again = await site.Vim.GetComputeAsync(SiteWorld.Id, default);
        Assert.Equal(made!.CreatedAt, again!.CreatedAt);
        Assert.Equal(1, site.Journal.Count("EnsureCompute"));
        Assert.Equal(PlatformPhase.Active, site.Platform.Held(SiteWorld.Id)!.Phase);
    }

    [Fact]
    public async Task A_newer_intent_with_other_rules_leaves_the_compute_alone()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);

        await site.Desire(2, SiteWorld.Wanted(platform: """{"appName":"other"}"""));
        await site.Steady(2);

        Assert.Equal(1, site.Journal.Count("EnsureCompute"));
        Assert.Equal(2, site.Journal.Count("Ensure app-1"));
        Assert.Equal(1, site.Journal.Count("Running"));
    }

    [Fact]
    public async Task A_newer_intent_with_another_image_makes_another_compute_after_its_rules_left()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);

        await site.Desire(2, SiteWorld.Wanted(image: "nginx:1.27"));
        await site.Steady(2);

        var compute = await site.Vim.GetComputeAsync(SiteWorld.Id, default);
        Assert.Equal("nginx:1.27", compute!.Spec.Images[0].Name);
        Assert.True(site.Journal.LastOf("NotRunning") < site.Journal.LastOf("DeleteCompute"));
        Assert.True(site.Journal.LastOf("DeleteCompute") < site.Journal.LastOf("EnsureCompute"));
    }

    [Fact]
    public async Task An_instance_that_is_steady_is_not_touched_again()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);
        var before = site.Journal.Lines.Count;

        site.Clock.Advance(TimeSpan.FromHours(13));
        await site.Until(() => site.Clock.NextTimer > site.Clock.GetUtcNow(), "the resyncs ran");

        Assert.Equal(before, site.Journal.Lines.Count);
        Assert.Equal(InstancePhase.Steady, site.Status!.Phase);
    }
}
