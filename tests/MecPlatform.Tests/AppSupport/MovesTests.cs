using Mano.MecPlatform.AppSupport;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Tests.AppSupport;

public sealed class MovesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly InstanceEndpoint Here = World.At();

    [Fact]
    public void An_instance_with_Mp1_waits_for_confirm_ready()
    {
        var running = Moves.Running(Configured(), 1, Here, "i1", Now);
        Assert.Equal(Phase.AwaitingReady, running.Phase);
        Assert.Contains("confirm_ready", running.Message, StringComparison.Ordinal);
        Assert.Equal(Phase.Activating, Moves.Ready(running, Now).Phase);
    }

    [Fact]
    public void An_instance_without_Mp1_and_probe_is_ready_when_it_runs() =>
        Assert.Equal(Phase.Activating, Moves.Running(Configured(mp1: false), 1, Here, "i1", Now).Phase);

    [Fact]
    public void Another_incarnation_has_to_become_ready_again()
    {
        var active = Active();
        var restarted = Moves.Running(active, 1, Here, "i2", Now);
        Assert.Equal((Phase.AwaitingReady, false), (restarted.Phase, restarted.Ready));
    }

    [Fact]
    public void The_same_incarnation_told_again_changes_nothing()
    {
        var active = Active();
        Assert.Equal(active, Moves.Running(active, 1, World.At(), "i1", Now));
    }

    [Fact]
    public void The_same_incarnation_at_another_address_stays_ready_and_is_activated_anew()
    {
        var moved = Moves.Running(Active(), 1, World.At("127.0.5.6"), "i1", Now);
        Assert.Equal((Phase.Activating, true), (moved.Phase, moved.Ready));
    }

    [Fact]
    public void A_confirm_ready_before_the_instance_is_known_to_run_counts_when_it_is()
    {
        var early = Moves.Ready(Configured(), Now);
        Assert.Equal(Phase.Configured, early.Phase);
        Assert.Equal(Phase.Activating, Moves.Running(early, 1, Here, "i1", Now.AddMinutes(5)).Phase);
    }

    [Fact]
    public void A_confirm_ready_just_before_a_restart_is_told_counts_for_the_restarted_one_and_an_old_one_does_not()
    {
        var again = Moves.Ready(Active(), Now);
        Assert.Equal(Phase.Activating, Moves.Running(again, 1, Here, "i2", Now.AddSeconds(3)).Phase);
        Assert.Equal(Phase.AwaitingReady, Moves.Running(again, 1, Here, "i2", Now.AddSeconds(30)).Phase);
    }

    [Fact]
    public void Not_running_withdraws_readiness()
    {
        var stopped = Moves.NotRunning(Active(), 1, Now);
        Assert.Equal((Phase.Configured, false, null), (stopped.Phase, stopped.Ready, stopped.Endpoint));
    }

    [Fact]
    public void Illegal_move_from_DRAINED_to_ready_names_both_states()
    {
        var refused = Assert.Throws<FailureException>(() => Moves.Ready(Drained(), Now)).Failure;
        Assert.Equal("DRAINED", refused.CurrentState);
        Assert.Equal(["CONFIGURED", "AWAITING_READY", "ACTIVATING", "ACTIVE", "FAILED"], refused.AllowedStates);
        Assert.Contains("DRAINED", refused.Message, StringComparison.Ordinal);
        Assert.Contains("AWAITING_READY", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Illegal_moves_are_refused_in_every_other_state()
    {
        foreach (var phase in Enum.GetValues<Phase>())
        {
            var record = Active() with { Phase = phase, Drain = new(OperationAction.Stopping, Now, Now, false, false) };
            AssertLegal(phase == Phase.Activating, () => Moves.Activated(record, "x", Now));
            AssertLegal(phase is Phase.Activating or Phase.Active, () => Moves.NotActivated(record, Failure.Internal("X", "x"), Now));
            AssertLegal(phase == Phase.Draining, () => DrainMoves.Drained(record, Now));
            AssertLegal(phase is not (Phase.Draining or Phase.Drained), () => Moves.Ready(record, Now));
            AssertLegal(phase is not Phase.Drained, () => Moves.Running(record, record.Generation, Here, "i9", Now));
        }
    }

    [Fact]
    public void An_older_generation_is_refused_also_after_the_removal()
    {
        Moves.Fence(Configured(generation: 5), 5);
        Moves.Fence(null, 1);
        Assert.Equal(FailureKind.Conflict, Assert.Throws<FailureException>(() => Moves.Fence(Configured(generation: 5), 4)).Failure.Kind);
        var refused = Assert.Throws<FailureException>(() => Moves.Fence(Moves.RemovedRecord("app-1", 5, Now), 4)).Failure;
        Assert.Contains("removed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_configuration_again_changes_nothing_and_another_is_activated()
    {
        var active = Active();
        Assert.Equal(active, Moves.Configured(active, "app-1", 1, World.Configuration(), Now));
        Assert.Equal(Phase.Activating, Moves.Configured(active, "app-1", 2, World.Configuration(name: "new.example"), Now).Phase);
    }

    [Fact]
    public void While_drained_a_newer_generation_configures_anew_and_the_same_one_does_not()
    {
        var drained = Drained();
        Assert.Equal(Phase.Drained, Moves.Configured(drained, "app-1", drained.Generation, World.Configuration(), Now).Phase);
        var anew = Moves.Configured(drained, "app-1", drained.Generation + 1, World.Configuration(), Now);
        Assert.Equal((Phase.Configured, null, null), (anew.Phase, anew.Endpoint, anew.Drain));
        Assert.Throws<FailureException>(() => Moves.Configured(Draining(), "app-1", 9, World.Configuration(name: "new.example"), Now));
    }

    [Fact]
    public void A_drain_keeps_its_first_deadline_and_forceful_ends_it()
    {
        var draining = Draining();
        var again = DrainMoves.Asked(draining, 3, OperationAction.Terminating, TimeSpan.FromHours(1), true, Now.AddSeconds(5));
        Assert.Equal(draining.Drain, again.Drain);
        Assert.False(DrainMoves.Asked(draining, 3, OperationAction.Terminating, TimeSpan.Zero, true, Now.AddSeconds(5)).Drain!.IsWaiting(Now.AddSeconds(5)));
    }

    [Fact]
    public void Nobody_is_waited_for_when_nobody_listens_or_nothing_runs()
    {
        Assert.False(DrainMoves.Asked(Active(), 2, OperationAction.Stopping, TimeSpan.FromMinutes(1), false, Now).Drain!.IsWaiting(Now));
        Assert.False(DrainMoves.Asked(Configured(), 2, OperationAction.Stopping, TimeSpan.FromMinutes(1), true, Now).Drain!.IsWaiting(Now));
        Assert.False(DrainMoves.Announced(Draining(), Now, reached: false, Now).Drain!.IsWaiting(Now));
        Assert.True(DrainMoves.Announced(Draining(), Now, reached: true, Now).Drain!.IsWaiting(Now));
    }

    [Fact]
    public void Confirm_termination_is_accepted_with_the_announced_action_while_it_is_pending_and_may_be_repeated()
    {
        var confirmed = DrainMoves.Confirmed(Draining(), OperationAction.Terminating, Now);
        Assert.False(confirmed.Drain!.IsWaiting(Now));
        Assert.Equal(confirmed, DrainMoves.Confirmed(confirmed, OperationAction.Terminating, Now));
        var after = DrainMoves.Drained(confirmed, Now);
        Assert.Equal(after, DrainMoves.Confirmed(after, OperationAction.Terminating, Now));
    }

    [Fact]
    public void Confirm_termination_is_refused_when_none_is_pending_or_another_action_was_announced()
    {
        foreach (var record in (ApplicationRecord[])[Active(), Configured(), Drained()])
        {
            Assert.Equal(FailureKind.IllegalState, Assert.Throws<FailureException>(() => DrainMoves.Confirmed(record, OperationAction.Terminating, Now)).Failure.Kind);
        }

        var other = Assert.Throws<FailureException>(() => DrainMoves.Confirmed(Draining(), OperationAction.Stopping, Now));
        Assert.Contains("TERMINATING, not STOPPING", other.Message, StringComparison.Ordinal);
        Assert.Throws<FailureException>(() => DrainMoves.Confirmed(Draining(), OperationAction.Terminating, Now.AddHours(1)));
    }

    [Fact]
    public void Rules_that_a_new_configuration_does_not_have_are_not_switched_off_any_more()
    {
        var off = Moves.RuleSwitched(Active(), traffic: true, "t1", on: false, Now);
        Assert.Equal((Phase.Activating, "t1"), (off.Phase, Assert.Single(off.TrafficRulesOff)));
        Assert.Equal(off, Moves.RuleSwitched(off, traffic: true, "t1", on: false, Now));
        var without = Moves.Configured(off, "app-1", 2, World.Configuration() with { TrafficRules = [] }, Now);
        Assert.Empty(without.TrafficRulesOff);
    }

    [Fact]
    public void Every_fault_of_a_configuration_is_found_at_once()
    {
        var rule = World.Configuration().TrafficRules[0];
        var faults = ConfigurationCheck.Check(World.Configuration(probe: 70000) with
        {
            TrafficRules = [rule, rule with { Priority = 999 }],
            DnsRules = [new("d", "*.example", Mano.MecPlatform.Dns.IpAddressType.IpV4, "::1", uint.MaxValue)],
        });
        string[] paths = ["dnsRules[0].domainName", "dnsRules[0].ipAddress", "dnsRules[0].ttl", "readinessPort", "trafficRules", "trafficRules[1].priority"];
        Assert.Equal(paths, faults.Select(f => f.Path).Order(StringComparer.Ordinal));
    }

    private static void AssertLegal(bool legal, Func<ApplicationRecord> move)
    {
        if (legal)
        {
            move();
        }
        else
        {
            Assert.Equal(FailureKind.IllegalState, Assert.Throws<FailureException>(() => move()).Failure.Kind);
        }
    }

    private static ApplicationRecord Configured(bool mp1 = true, long generation = 1) =>
        Moves.Configured(null, "app-1", generation, World.Configuration(mp1), Now);

    private static ApplicationRecord Active() =>
        Moves.Activated(Moves.Ready(Moves.Running(Configured(), 1, World.At(), "i1", Now), Now), "active", Now);

    private static ApplicationRecord Draining() =>
        DrainMoves.Asked(Active(), 2, OperationAction.Terminating, TimeSpan.FromMinutes(1), true, Now);

    private static ApplicationRecord Drained() =>
        DrainMoves.Drained(DrainMoves.Asked(Active(), 2, OperationAction.Terminating, TimeSpan.Zero, true, Now), Now);
}
