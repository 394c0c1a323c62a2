using Mano.Mepm.Instances;
using Mano.Mepm.Loop;
using Mano.Mepm.Platforms;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Simulated;

namespace Mano.Mepm.Tests.Loop;

/// <summary>Faults outside, and what the site makes of them.</summary>
public sealed class What_goes_wrong
{
    [Theory]
    [InlineData(VimCall.EnsureCompute, SimulatedFault.LoseReply)]
    [InlineData(VimCall.EnsureCompute, SimulatedFault.Fail)]
    [InlineData(VimCall.GetCompute, SimulatedFault.Fail)]
    [InlineData(VimCall.EnsureImage, SimulatedFault.LoseReply)]
    public async Task A_fault_of_the_VIM_while_instantiating_is_outlasted(VimCall call, SimulatedFault fault)
    {
        await using var site = await SiteWorld.Start();
        site.Vim.FailNext(call, fault);
        await site.Desire(1);

        await site.Steady(1);

        Assert.Single(await site.Vim.ListComputesAsync(default));
    }

    [Theory]
    [InlineData(SimulatedFault.Hang)]
    [InlineData(SimulatedFault.HangAfterEffect)]
    public async Task A_VIM_that_does_not_answer_holds_up_nothing_for_longer_than_a_call(SimulatedFault fault)
    {
        await using var site = await SiteWorld.Start();
        site.Vim.FailNext(VimCall.EnsureCompute, fault);
        await site.Desire(1);
        await site.Until(() => site.EnsuresTaken == 1, "it asked");

        site.Clock.Advance(site.Options.CallTimeout);

        await site.Steady(1);
        Assert.Single(await site.Vim.ListComputesAsync(default));
    }

    [Theory]
    [InlineData(SimulatedFault.LoseReply)]
    [InlineData(SimulatedFault.Fail)]
    public async Task A_fault_of_the_VIM_while_terminating_is_outlasted(SimulatedFault fault)
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);
        site.Vim.FailNext(VimCall.DeleteComputeIfAny, fault);

        await site.Remove(2);
        await site.Gone();

        Assert.Empty(await site.Vim.ListComputesAsync(default));
    }

    [Fact]
    public async Task Lost_replies_of_the_platform_at_every_step_are_outlasted()
    {
        await using var site = await SiteWorld.Start();
        var lost = Failure.Unavailable("LOST", "after: the reply was lost");
        site.Platform.NextChanges.Enqueue(lost);
        site.Platform.NextChanges.Enqueue(lost);
        await site.Desire(1);
        await site.Steady(1);

        site.Platform.NextChanges.Enqueue(lost);
        site.Platform.NextChanges.Enqueue(lost);
        await site.Remove(2);
        await site.Gone();

        Assert.Null(site.Platform.Held(SiteWorld.Id));
        Assert.Empty(await site.Vim.ListComputesAsync(default));
    }

    [Fact]
    public async Task Repeated_failures_are_tried_ever_more_rarely_and_said_once()
    {
        await using var site = await SiteWorld.Start();
        for (var i = 0; i < 12; i++)
        {
            site.Vim.FailNext(VimCall.EnsureCompute, SimulatedFault.Fail);
        }

        var started = site.Clock.GetUtcNow();
        await site.Desire(1);
        await site.Until(() => site.Status?[ConditionType.Allocated]?.Reason == "VIM_UNREACHABLE", "the status says why");
        await site.Steady(1);

        // 12 pauses from 0.2 s doubling to 15 s, give or take a quarter: a hot loop would take no time at all.
        Assert.InRange((site.Clock.GetUtcNow() - started).TotalSeconds, 60, 160);
        Assert.Equal(13, site.Journal.Count("EnsureCompute"));
        Assert.Equal(1, site.Logs.Count(4002));
    }

    [Fact]
    public async Task No_capacity_fails_the_instance_and_a_new_intent_frees_it()
    {
        await using var site = await SiteWorld.Start(new() { MilliCpu = 100 });
        await site.Desire(1);
        await site.Until(() => site.Status?.Phase == InstancePhase.Failed, "it failed");
        Assert.Equal(VimFailures.CapacityTaken, site.Status!.Failure!.Reason);
        Assert.Equal(1, site.Status!.ObservedGeneration);
        Assert.Equal(1, site.Journal.Count("EnsureCompute"));

        var smaller = SiteWorld.Wanted();
        await site.Desire(2, smaller with { Compute = smaller.Compute with { MilliCpu = 100 } });

        await site.Steady(2);
        Assert.Null(site.Status!.Failure);
    }

    [Fact]
    public async Task A_failed_instance_is_tried_again_only_rarely_and_is_removed_at_once()
    {
        await using var site = await SiteWorld.Start(new() { MilliCpu = 100 });
        await site.Desire(1);
        await site.Until(() => site.Status?.Phase == InstancePhase.Failed, "it failed");
        var failed = site.Clock.GetUtcNow();

        await site.Until(() => site.Journal.Count("EnsureCompute") == 2, "it is tried again");
        Assert.True(site.Clock.GetUtcNow() - failed >= site.Options.StalledRetry);

        await site.Remove(2);
        await site.Gone();
    }

    [Fact]
    public async Task A_rule_that_the_platform_refuses_fails_the_instance_with_its_reason()
    {
        await using var site = await SiteWorld.Start();
        site.Platform.NextChanges.Enqueue(new(FailureKind.IllegalState, "RULE_UNENFORCEABLE", "rule r1: tunnels are not offered"));
        await site.Desire(1);

        await site.Until(() => site.Status?.Phase == InstancePhase.Failed, "it failed");

        Assert.Equal("RULE_UNENFORCEABLE", site.Status!.Failure!.Reason);
        Assert.Equal(1, site.Journal.Count("EnsureCompute"));
    }

    [Fact]
    public async Task A_port_of_a_protocol_that_no_VIM_carries_fails_the_instance()
    {
        await using var site = await SiteWorld.Start();
        var wanted = SiteWorld.Wanted();
        await site.Desire(1, wanted with { Compute = wanted.Compute with { Ports = [new("sig", "SCTP", 36412)] } });

        await site.Until(() => site.Status?.Phase == InstancePhase.Failed, "it failed");

        Assert.Equal("UNSUPPORTED_PROTOCOL", site.Status!.Failure!.Reason);
        Assert.Equal(0, site.Journal.Count("EnsureCompute"));
    }

    [Fact]
    public async Task A_compute_deleted_behind_our_back_is_made_again_with_the_MEOs_consent()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);
        var phases = site.Watch();

        var lost = await site.Vim.GetComputeAsync(SiteWorld.Id, default);
        await site.Vim.DeleteComputeIfAnyAsync(SiteWorld.Id, lost!.OperationNumber, default);
        await site.Until(() => site.Journal.Count("EnsureCompute") >= 2, "it is noticed");
        await site.Steady(1);

        Assert.True(site.HealsAsked >= 1);
        Assert.True(site.Journal.LastOf("NotRunning") < site.Journal.LastOf("EnsureCompute"));
        Assert.Single(await site.Vim.ListComputesAsync(default));
        Assert.Contains(InstancePhase.Degraded, phases);
    }

    [Fact]
    public async Task A_compute_that_a_restarted_VIM_has_forgotten_is_made_again()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);

        site.ReplaceVim();
        await site.Until(() => site.HealsAsked == 1, "the MEO is asked");

        await site.Steady(1);
        Assert.Single(await site.Host.Vim.ListComputesAsync(default));
    }

    [Fact]
    public async Task A_healing_that_the_MEO_refuses_is_not_done()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);
        site.HealRefusal = Failure.Forbidden("GRANT_DENIED", "it is meant to run elsewhere");

        site.ReplaceVim();
        await site.Until(() => site.Status?.Phase == InstancePhase.Failed, "it failed");

        Assert.Equal("GRANT_DENIED", site.Status!.Failure!.Reason);
        Assert.Empty(await site.Host.Vim.ListComputesAsync(default));
        Assert.Null(site.Platform.Held(SiteWorld.Id)!.Endpoint);
    }

    [Fact]
    public async Task An_application_that_crashed_loses_its_rules_until_it_runs_again()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);
        var before = site.Platform.IncarnationOf(SiteWorld.Id);

        site.Vim.Crash(SiteWorld.Id, exitCode: 139);
        await Mano.Testing.Eventually.Is(() => site.Journal.Count("NotRunning") == 1, "the platform is told"); // no time passes: it would boot before anybody looked
        await site.Steady(1);

        Assert.NotEqual(before, site.Platform.IncarnationOf(SiteWorld.Id));
        Assert.Equal(1, site.Status!.Restarts);
        Assert.Equal(0, site.HealsAsked);
    }

    [Fact]
    public async Task An_application_that_ended_for_good_fails_the_instance()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1, SiteWorld.Wanted(restart: RequiredRestart.Never));
        await site.Steady(1);

        site.Vim.Crash(SiteWorld.Id, exitCode: 3);
        await site.Until(() => site.Status?.Phase == InstancePhase.Failed, "it failed");

        Assert.Equal("APP_ENDED", site.Status!.Failure!.Reason);
        Assert.Contains("3", site.Status!.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(PlatformPhase.Configured, site.Platform.Held(SiteWorld.Id)!.Phase);
    }

    [Fact]
    public async Task A_platform_that_lost_its_memory_is_configured_and_told_again()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);

        site.Platform.GoAway();
        await site.Until(() => site.Status?.Phase == InstancePhase.Degraded, "its loss is seen", within: TimeSpan.FromSeconds(10));
        Assert.Equal(Truth.Unknown, site.Status![ConditionType.RulesActive]!.Holds);
        site.Platform.ComeBack(empty: true);

        await site.Until(() => site.Journal.Count("Running") >= 2, "it is told again");
        await site.Steady(1);
        Assert.Equal(PlatformPhase.Active, site.Platform.Held(SiteWorld.Id)!.Phase);
        Assert.Equal(1, site.Journal.Count("EnsureCompute"));
        Assert.Equal(1, site.Logs.Count(4101));
    }

    [Fact]
    public async Task A_platform_that_is_back_with_its_memory_is_told_once_more_where_the_application_runs()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);

        site.Platform.GoAway();
        await site.Until(() => !site.Host.PlatformLink.IsUp, "the link is down");
        site.Platform.ComeBack();

        // It may have missed a start of the application, or have been put back to an older copy of itself.
        await site.Until(() => site.Journal.Count("Running") >= 2, "it is told again");
        await site.Steady(1);
        Assert.Equal(1, site.Journal.Count("Ensure app-1"));
    }

    [Fact]
    public async Task Without_its_platform_a_terminating_instance_keeps_its_compute_until_patience_ends()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);
        site.Platform.GoAway();
        await site.Until(() => !site.Host.PlatformLink.IsUp, "the link is down");
        var down = site.Clock.GetUtcNow();

        await site.Remove(2);
        await site.Until(() => site.Journal.Count("DeleteCompute") > 0, "the compute goes");
        Assert.True(site.Clock.GetUtcNow() - down >= site.Options.PlatformPatience);
        Assert.NotNull(site.Book.Find(SiteWorld.Id));
        Assert.Equal(InstancePhase.Terminating, site.Status!.Phase);

        site.Platform.ComeBack();
        await site.Gone();
        Assert.Null(site.Platform.Held(SiteWorld.Id));
    }

    [Fact]
    public async Task A_new_process_takes_up_where_the_last_one_was()
    {
        await using var site = await SiteWorld.Start();
        site.Platform.Eager = false;
        await site.Desire(1);
        await site.Until(() => site.Platform.Held(SiteWorld.Id)?.Phase == PlatformPhase.AwaitingReady, "it runs");

        await site.StopProcess();
        site.Platform.Confirm(SiteWorld.Id);
        await site.StartProcess();

        await site.Steady(1);
        Assert.Equal(1, site.Journal.Count("EnsureCompute"));

        await site.StopProcess();
        var told = site.Journal.Count("Running");
        await site.StartProcess();
        var phases = site.Watch();
        await site.Until(() => site.Journal.Count("Running") > told, "the platform is told again");
        await site.Steady(1);
        Assert.All(phases, phase => Assert.Equal(InstancePhase.Steady, phase));
    }

    [Fact]
    public async Task A_compute_that_outlived_its_instance_is_deleted_at_once()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);
        var compute = await site.Vim.GetComputeAsync(SiteWorld.Id, default);
        await site.Remove(2);
        await site.Gone();
        await site.StopProcess();

        site.ReplaceVim();
        await site.MakeCompute(SiteWorld.Id, compute!.OperationNumber, compute.Spec);
        await site.StartProcess();

        site.Meant = null;
        await site.Until(() => site.Logs.Count(4210) == 1, "the orphan is deleted");
        Assert.Empty(await site.Host.Vim.ListComputesAsync(default));
    }
}
