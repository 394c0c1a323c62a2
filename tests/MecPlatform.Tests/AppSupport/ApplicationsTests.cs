using System.Net;
using System.Net.Sockets;
using Mano.MecPlatform.AppSupport;
using Mano.MecPlatform.Dns;
using Mano.MecPlatform.ServiceRegistry;
using Mano.MecPlatform.Traffic;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Tests.AppSupport;

public sealed class ApplicationsTests
{
    [Fact]
    public async Task Rules_are_inactive_until_the_application_is_ready_and_names_come_before_traffic()
    {
        await using var world = World.Started();
        await world.Ensure();
        world.AssertActive(false);
        await world.Run();
        world.AssertActive(false);
        var view = await world.ConfirmReady();
        Assert.Equal(Phase.Active, view.Record.Phase);
        world.AssertActive(true);
        Assert.Equal("1 rules while name active", world.Plane.Told[^1]);
    }

    [Fact]
    public async Task Traffic_leaves_before_names()
    {
        await using var world = await ActiveWorld();
        Assert.Equal(Phase.Drained, (await world.Drain()).Record.Phase);
        world.AssertActive(false);
        Assert.Equal("0 rules while name active", world.Plane.Told[^1]);
    }

    [Fact]
    public async Task A_restarted_application_has_no_active_rule_until_it_confirms_again()
    {
        await using var world = await ActiveWorld();
        await world.Run(incarnation: "i2");
        world.AssertActive(false);
        await world.ConfirmReady();
        world.AssertActive(true);
        await world.Stopped();
        world.AssertActive(false);
    }

    [Fact]
    public async Task After_a_restart_of_the_platform_a_ready_instance_is_in_effect_again_by_itself()
    {
        await using var world = await ActiveWorld();
        await using var restarted = world.Restarted();
        Assert.Equal(Phase.Active, restarted.PhaseOf());
        restarted.AssertActive(true);
        Assert.Equal("127.0.5.5", restarted.Applications.Find("app-1")!.Record.Endpoint!.Address);
    }

    [Fact]
    public async Task After_a_restart_of_the_platform_an_instance_that_was_not_ready_has_no_active_rule()
    {
        await using var world = World.Started();
        await world.Ensure();
        await world.Run();
        await using var restarted = world.Restarted();
        Assert.Equal(Phase.AwaitingReady, restarted.PhaseOf());
        restarted.AssertActive(false);
        await restarted.ConfirmReady();
        restarted.AssertActive(true);
    }

    [Fact]
    public async Task A_drain_that_was_running_goes_on_with_its_first_deadline_and_rules_stay_until_then()
    {
        await using var world = await ActiveWorld();
        using var listening = world.Watchers.Open("app-1");
        var timers = world.Clock.Created;
        await world.Drain(seconds: 60);
        await Eventually.Is(() => world.Clock.Created >= timers + 2, "it has been told, and its end is waited for");
        world.Clock.Advance(TimeSpan.FromSeconds(40));
        await using var restarted = world.Restarted();
        Assert.Equal(Phase.Draining, restarted.PhaseOf());
        restarted.AssertActive(true);
        await Eventually.Is(() => restarted.Clock.Created >= timers + 3, "its end is waited for again");
        restarted.Clock.Advance(TimeSpan.FromSeconds(21));
        await Eventually.Is(() => restarted.PhaseOf() == Phase.Drained);
        restarted.AssertActive(false);
    }

    [Fact]
    public async Task A_graceful_drain_ends_with_the_confirmation()
    {
        await using var world = await ActiveWorld();
        using var listening = world.Watchers.Open("app-1");
        Assert.Equal(Phase.Draining, (await world.Drain(seconds: 60)).Record.Phase);
        world.AssertActive(true);
        var notice = await listening.Notices(CancellationToken.None).FirstAsync().AsTask().Soon();
        Assert.Equal(new TerminationNotice(OperationAction.Terminating, 60), notice);
        await Assert.ThrowsAsync<FailureException>(() => world.ConfirmTermination(OperationAction.Stopping));
        Assert.Equal(Phase.Drained, (await world.ConfirmTermination()).Record.Phase);
        world.AssertActive(false);
    }

    [Fact]
    public async Task What_is_under_way_when_it_confirms_its_termination_is_not_cut_at_once()
    {
        await using var world = await ActiveWorld(new AppSupportOptions { FlowLinger = TimeSpan.FromSeconds(1) });
        using var listening = world.Watchers.Open("app-1");
        await world.Drain(seconds: 60);
        await listening.Notices(CancellationToken.None).FirstAsync().AsTask().Soon();
        var closed = world.Plane.Closed;
        var confirmation = world.ConfirmTermination();
        await Eventually.Is(() => world.Clock.NextTimer <= world.Clock.GetUtcNow() + TimeSpan.FromSeconds(1));
        Assert.False(world.Plane.IsActive("app-1", "t1"));
        Assert.Equal(closed, world.Plane.Closed);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Phase.Drained, (await confirmation.Soon()).Record.Phase);
        Assert.Equal(closed + 1, world.Plane.Closed);
    }

    [Fact]
    public async Task A_graceful_drain_ends_with_the_timeout_of_a_silent_application()
    {
        await using var world = await ActiveWorld();
        using var listening = world.Watchers.Open("app-1");
        var timers = world.Clock.Created;
        await world.Drain(seconds: 60);
        await Eventually.Is(() => world.Clock.Created >= timers + 2, "it has been told, and its end is waited for");
        world.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(Phase.Draining, world.PhaseOf());
        world.Clock.Advance(TimeSpan.FromSeconds(2));
        await Eventually.Is(() => world.PhaseOf() == Phase.Drained);
    }

    [Fact]
    public async Task A_graceful_drain_that_nobody_listens_to_is_done_at_once()
    {
        await using var world = await ActiveWorld();
        Assert.Equal(Phase.Drained, (await world.Drain(seconds: 60)).Record.Phase);
    }

    [Fact]
    public async Task Forceful_ends_a_graceful_drain_and_so_does_the_end_of_the_application()
    {
        await using var world = await ActiveWorld();
        using var listening = world.Watchers.Open("app-1");
        await world.Drain(seconds: 60);
        Assert.Equal(Phase.Drained, (await world.Drain(seconds: 0)).Record.Phase);

        await using var other = await ActiveWorld();
        using var there = other.Watchers.Open("app-1");
        await other.Drain(seconds: 60);
        Assert.Equal(Phase.Drained, (await other.Stopped(generation: 2)).Record.Phase);
        other.AssertActive(false);
    }

    [Fact]
    public async Task A_stopped_application_is_started_again_under_a_newer_generation_alone()
    {
        await using var world = await ActiveWorld();
        await world.Drain(generation: 2);
        await world.Stopped(generation: 2);
        Assert.Equal(FailureKind.IllegalState, (await Assert.ThrowsAsync<FailureException>(() => world.Run(generation: 2))).Failure.Kind);
        await world.Ensure(generation: 3);
        await world.Run(generation: 3, incarnation: "i2");
        await world.ConfirmReady();
        world.AssertActive(true);
    }

    [Fact]
    public async Task Late_calls_are_refused_also_after_the_removal_and_after_a_restart()
    {
        await using var world = await ActiveWorld();
        await world.Applications.RemoveIfAny("app-1", 7, CancellationToken.None);
        world.AssertActive(false);
        Assert.Null(world.Applications.Find("app-1"));
        await using var restarted = world.Restarted();
        Assert.Equal(FailureKind.Conflict, (await Assert.ThrowsAsync<FailureException>(() => restarted.Ensure(generation: 6))).Failure.Kind);
        await restarted.Ensure(generation: 8);
        await restarted.Applications.RemoveIfAny("never-seen", 1, CancellationToken.None);
    }

    [Fact]
    public async Task The_generation_of_a_removed_instance_is_forgotten_after_its_time()
    {
        await using var world = World.Started();
        await world.Applications.RemoveIfAny("app-1", 7, CancellationToken.None);
        world.Clock.Advance(TimeSpan.FromDays(8));
        await using var restarted = world.Restarted();
        await restarted.Ensure(generation: 1);
    }

    [Fact]
    public async Task A_name_that_another_instance_holds_is_refused_naming_the_holder_and_is_free_after_its_removal()
    {
        await using var world = await ActiveWorld();
        var refused = (await Assert.ThrowsAsync<FailureException>(() => world.Ensure("app-2"))).Failure;
        Assert.Equal(FailureKind.AlreadyExists, refused.Kind);
        Assert.Contains("app-1", refused.Message, StringComparison.Ordinal);
        await using var restarted = world.Restarted();
        await Assert.ThrowsAsync<FailureException>(() => restarted.Ensure("app-2"));
        await restarted.Applications.RemoveIfAny("app-1", 2, CancellationToken.None);
        await restarted.Ensure("app-2");
    }

    [Fact]
    public async Task An_instance_without_Mp1_is_ready_when_its_port_answers()
    {
        using var port = new TcpListener(IPAddress.Parse("127.0.5.5"), 0);
        port.Start();
        await using var world = World.Started();
        await world.Ensure(configuration: World.Configuration(mp1: false, probe: ((IPEndPoint)port.LocalEndpoint).Port));
        await world.Run();
        await Eventually.Is(() => world.PhaseOf() == Phase.Active);
        world.AssertActive(true);
    }

    [Fact]
    public async Task A_port_that_never_answers_fails_the_instance_and_is_probed_on()
    {
        var port = DaemonProcess.FreePort();
        await using var world = World.Started();
        await world.Ensure(configuration: World.Configuration(mp1: false, probe: port));
        await world.Run(at: World.At("127.0.0.1"));
        await Eventually.Is(() => Tick(world) && world.PhaseOf() == Phase.Failed);
        Assert.Contains($"{port}", world.Applications.Find("app-1")!.Record.Failure!.Message, StringComparison.Ordinal);
        world.AssertActive(false);
        using var late = new TcpListener(IPAddress.Loopback, port);
        late.Start();
        await Eventually.Is(() => Tick(world) && world.PhaseOf() == Phase.Active);
        world.AssertActive(true);
    }

    [Fact]
    public async Task A_rule_that_cannot_be_active_fails_the_instance_says_why_and_leaves_nothing_active()
    {
        await using var world = World.Started();
        var configuration = World.Configuration() with { DnsRules = [new("d1", "shop.example", IpAddressType.IpV6, "::", null)] };
        await world.Ensure(configuration: configuration);
        await world.Run();
        var failed = await world.ConfirmReady();
        Assert.Equal(Phase.Failed, failed.Record.Phase);
        Assert.Contains("IPv6", failed.Record.Failure!.Message, StringComparison.Ordinal);
        world.AssertActive(false);
        Assert.Equal(Phase.Active, (await world.Run(at: World.At("::1"))).Record.Phase);
        world.AssertActive(true);
    }

    [Fact]
    public async Task A_newer_configuration_of_a_ready_instance_takes_effect_at_once()
    {
        await using var world = await ActiveWorld();
        var view = await world.Ensure(generation: 2, configuration: World.Configuration(name: "new.example", dnsAddress: "127.0.5.9"));
        Assert.Equal(Phase.Active, view.Record.Phase);
        Assert.Equal("new.example", Assert.Single(world.Names.Current.Active).Key.Text);
    }

    [Fact]
    public async Task A_rule_that_this_data_plane_cannot_enforce_stays_inactive_says_why_and_holds_nothing_back()
    {
        await using var world = World.Started();
        await world.Ensure(configuration: WithTunnelRule());
        await world.Run();
        var view = await world.ConfirmReady();
        Assert.Equal(Phase.Active, view.Record.Phase);
        Assert.Contains("not enforced", view.Record.Message, StringComparison.Ordinal);
        Assert.Equal([true, false], view.TrafficRules.Select(r => r.IsActive));
        Assert.Contains("srcTunnelAddress", view.TrafficRules[1].Enforcement.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Strict_rules_refuse_it_naming_rule_and_field()
    {
        await using var world = World.Started(new() { StrictRules = true });
        var refused = (await Assert.ThrowsAsync<FailureException>(() => world.Ensure(configuration: WithTunnelRule()))).Failure;
        Assert.Equal(FailureKind.IllegalState, refused.Kind);
        Assert.Contains("t2", refused.Message, StringComparison.Ordinal);
        Assert.Contains("srcTunnelAddress", refused.Message, StringComparison.Ordinal);
        Assert.Empty(world.Applications.Ids);
    }

    [Fact]
    public async Task Missing_services_are_shown_until_a_producer_is_in_service()
    {
        await using var world = World.Started();
        var consumer = World.Configuration(name: "consumer.example") with { ServicesRequired = [new("location", "1.0")] };
        Assert.Equal("location", Assert.Single((await world.Ensure("consumer", configuration: consumer)).ServicesMissing).SerName);
        var producer = World.Configuration(mp1: false, name: "producer.example") with { ServicesProduced = [new ProducedService("location", "1.0", ["REST_HTTP"])] };
        await world.Ensure("producer", configuration: producer);
        Assert.Single(world.Applications.Find("consumer")!.ServicesMissing);
        await world.Run("producer");
        Assert.Empty(world.Applications.Find("consumer")!.ServicesMissing);
        await world.Drain(id: "producer");
        Assert.Single(world.Applications.Find("consumer")!.ServicesMissing);
    }

    [Fact]
    public async Task A_watcher_sees_a_snapshot_its_end_and_then_the_last_state_of_what_changed()
    {
        await using var world = World.Started();
        await world.Ensure("app-1");
        await using var events = world.Applications.Watch(CancellationToken.None).GetAsyncEnumerator();
        Assert.Equal("app-1", (await Next(events)).AppInstanceId);
        Assert.Null((await Next(events)).AppInstanceId);
        await world.Run();
        await world.ConfirmReady();
        Assert.Equal(Phase.Active, (await Next(events)).Changed!.Record.Phase);
        await world.Applications.RemoveIfAny("app-1", 1, CancellationToken.None);
        var gone = await Next(events);
        Assert.Equal(("app-1", null), (gone.AppInstanceId, gone.Changed));
    }

    [Fact]
    public async Task Calls_for_an_instance_that_is_not_known_are_NOT_FOUND()
    {
        await using var world = World.Started();
        foreach (var call in (Func<Task>[])[() => world.Run(), () => world.Drain(), () => world.ConfirmReady()])
        {
            Assert.Equal(FailureKind.NotFound, (await Assert.ThrowsAsync<FailureException>(call)).Failure.Kind);
        }
    }

    private static bool Tick(World world)
    {
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        return true;
    }

    private static async Task<ApplicationEvent> Next(IAsyncEnumerator<ApplicationEvent> events)
    {
        Assert.True(await events.MoveNextAsync().AsTask().Soon());
        return events.Current;
    }

    private static PlatformConfiguration WithTunnelRule()
    {
        var plain = World.Configuration();
        var tunnel = plain.TrafficRules[0] with { Id = "t2", Filters = [new TrafficFilter { SrcTunnelAddress = ["10.10.10.10"] }] };
        return plain with { TrafficRules = [plain.TrafficRules[0], tunnel] };
    }

    private static async Task<World> ActiveWorld(AppSupportOptions? options = null)
    {
        var world = World.Started(options);
        await world.Ensure();
        await world.Run();
        await world.ConfirmReady();
        return world;
    }
}
