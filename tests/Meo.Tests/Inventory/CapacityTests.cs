using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Mano.Meo.Inventory;
using Mano.Meo.Placement;
using Mano.Mesh.State;
using static Mano.Meo.Tests.Inventory.InventoryWorld;

namespace Mano.Meo.Tests.Inventory;

public sealed class CapacityTests
{
    private readonly InventoryWorld world = new();

    [Fact]
    public async Task What_is_held_is_not_free_and_comes_back_when_released()
    {
        await world.Sites.Register(ASite(), default);
        Assert.Null(world.Fleet.TryHold(AHold("i1", vcpus: 6)));
        Assert.Equal(2000, world.Host().Free.MilliCpu);
        Assert.Equal("CAPACITY_TAKEN", world.Fleet.TryHold(AHold("i2", vcpus: 3))?.Reason);
        world.Fleet.ReleaseIfAny("i1", "op-1");
        Assert.Equal(8000, world.Host().Free.MilliCpu);
    }

    [Fact]
    public async Task A_hold_makes_its_instance_a_member_of_its_groups_until_it_is_released()
    {
        await world.Sites.Register(ASite(), default);
        world.Fleet.TryHold(AHold("i1") with { Groups = "db,web", AppPkgId = "p1" });
        world.Fleet.TryHold(AHold("i2", operation: "op-2") with { Groups = "web", AppPkgId = "p1" });
        Assert.Equal((1, 2, 2), (world.Host().Groups["db"], world.Host().Groups["web"], world.Host().Packages["p1"]));
        world.Fleet.ReleaseIfAny("i1", "op-1");
        Assert.False(world.Fleet.Snapshot.HasGroup("db"));
        Assert.True(world.Fleet.Snapshot.HasGroup("web"));
        world.Fleet.ReleaseIfAny("i2", null);
        Assert.True(world.Host() is { Groups.IsEmpty: true, Packages.IsEmpty: true });
    }

    [Fact]
    public async Task Devices_that_the_site_counts_are_held_and_given_back()
    {
        await world.Sites.Register(ASite(hosts: [AHost("edge-a-1") with { Hardware = ["GPU:3", "sriov"] }]), default);
        Assert.Equal((3, null), (world.Host().FreeOf("gpu"), world.Host().FreeOf("sriov")));
        Assert.Equal("gpu sriov", string.Join(' ', world.Host().Hardware));
        Assert.Null(world.Fleet.TryHold(AHold("i1") with { Devices = "gpu:2,sriov:7" }));
        Assert.Equal(1, world.Host().FreeOf("gpu"));

        var refusal = world.Fleet.TryHold(AHold("i2", operation: "op-2") with { Devices = "gpu:2" });
        Assert.Equal(("CAPACITY_TAKEN", "2 gpu are needed on edge-a-1; 1 are free."), (refusal?.Reason, refusal?.Message));
        Assert.Null(world.Fleet.TryHold(AHold("i2", operation: "op-2") with { Devices = "gpu:2" }, "i1"));
        world.Fleet.ReleaseIfAny("i1", "op-1");
        Assert.Equal(1, world.Host().FreeOf("gpu"));
        world.Fleet.ReleaseIfAny("i2", "op-2");
        Assert.True(world.Host() is { HeldDevices.IsEmpty: true });
    }

    [Fact]
    public void What_older_versions_stored_is_read_and_names_no_groups_nor_networks()
    {
        var hold = JsonSerializer.Deserialize(
            """{"appInstanceId":"i1","operationId":"op-1","siteId":"s","hostId":"h","amount":{"milliCpu":1,"memoryMib":2,"diskGib":3}}""", InventoryJson.Default.CapacityHold);
        Assert.Equal(new CapacityHold("i1", "op-1", "s", "h", new(1, 2, 3)), hold);
        var report = JsonSerializer.Deserialize("""{"hostId":"h"}""", InventoryJson.Default.HostReport)!;
        Assert.Empty(report.Networks.Concat(report.Tenants));
        Assert.Null(report.Cost ?? report.WattsPerCpu);
    }

    [Fact]
    public async Task The_same_hold_twice_is_one_hold()
    {
        await world.Sites.Register(ASite(), default);
        Assert.Null(world.Fleet.TryHold(AHold("i1", vcpus: 6)));
        Assert.Null(world.Fleet.TryHold(AHold("i1", vcpus: 6)));
        Assert.Equal(2000, world.Host().Free.MilliCpu);
    }

    [Fact]
    public async Task Another_operation_does_not_give_my_hold_back_and_a_terminate_does()
    {
        await world.Sites.Register(ASite(), default);
        world.Fleet.TryHold(AHold("i1", operation: "op-2"));
        world.Fleet.ReleaseIfAny("i1", "op-1");
        Assert.NotNull(world.Fleet.HoldOf("i1"));
        world.Fleet.ReleaseIfAny("i1", operationId: null);
        Assert.Null(world.Fleet.HoldOf("i1"));
    }

    [Fact]
    public async Task The_ledger_is_rebuilt_from_the_store()
    {
        await world.Sites.Register(ASite(), default);
        world.Fleet.TryHold(AHold("i1", vcpus: 6));
        (await world.Store.Commit(world.Holds.Write(new Batch(), AHold("i1", vcpus: 6)))).OrThrow();
        var restarted = await world.Restarted();
        Assert.Equal(2000, restarted.Host().Free.MilliCpu);
        Assert.Contains("i1", restarted.Host().Instances);
        await restarted.Holds.ReleaseIfAny("i1", "op-1", fence: null, default);
        Assert.Equal(8000, restarted.Host().Free.MilliCpu);
        Assert.Empty(await restarted.StoredKeys("hold/"));
    }

    [Fact]
    public async Task A_commit_that_nobody_answered_is_settled_by_what_the_store_has()
    {
        await world.Sites.Register(ASite(), default);
        world.Fleet.TryHold(AHold("i1"));
        world.Fleet.TryHold(AHold("i2", operation: "op-2"));
        (await world.Store.Commit(world.Holds.Write(new Batch(), AHold("i1")))).OrThrow();
        await world.Holds.Settle(AHold("i1"), "instance/default/i1", default);
        await world.Holds.Settle(AHold("i2", operation: "op-2"), "instance/default/i2", default);
        Assert.NotNull(world.Fleet.HoldOf("i1"));
        Assert.Null(world.Fleet.HoldOf("i2"));
    }

    [Fact]
    public async Task An_older_ledger_can_promise_nothing_any_more()
    {
        await world.Sites.Register(ASite(), default);
        _ = await world.Restarted();
        var result = await world.Store.Commit(world.Holds.Write(new Batch(), AHold("i1")));
        Assert.Equal(StateFailures.StaleEpoch, result.ToFailure()?.Reason);
    }

    [Fact]
    public async Task What_others_use_is_what_the_VIM_reports_beyond_our_holds()
    {
        await world.Sites.Register(ASite(hosts: AHost("edge-a-1", usedVcpus: 2)), default);
        world.Fleet.TryHold(AHold("i1", vcpus: 3));
        Assert.Equal(3000, world.Host().Free.MilliCpu);
        await world.Sites.Heartbeat("edge-a", "1", [AHost("edge-a-1", usedVcpus: 5)], default);
        Assert.Equal(3000, world.Host().Free.MilliCpu);
        world.Fleet.ReleaseIfAny("i1", null);
        await world.Sites.Heartbeat("edge-a", "1", [AHost("edge-a-1", usedVcpus: 2)], default);
        Assert.Equal(6000, world.Host().Free.MilliCpu);
    }

    [Fact]
    public async Task Concurrent_holds_never_exceed_the_host()
    {
        await world.Sites.Register(ASite(hosts: AHost("edge-a-1", vcpus: 50)), default);
        var refused = 0;
        await Parallel.ForAsync(0, 400, (i, _) =>
        {
            if (world.Fleet.TryHold(AHold("i" + i, operation: "op-" + i)) is not null)
            {
                Interlocked.Increment(ref refused);
            }
            else if (i % 3 == 0)
            {
                world.Fleet.ReleaseIfAny("i" + i, "op-" + i);
            }

            Assert.True(world.Host().Free.MilliCpu >= 0);
            return ValueTask.CompletedTask;
        });
        var held = Enumerable.Range(0, 400).Count(i => world.Fleet.HoldOf("i" + i) is not null);
        Assert.Equal(50 - (world.Host().Free.MilliCpu / 1000), held);
        Assert.InRange(held, 1, 50);
        Assert.True(refused > 0);
    }

    [Fact]
    public void Whatever_comes_and_goes_the_ledger_adds_up() => Prop.ForAll(
        Gen.Choose(0, 9).Zip(Gen.Choose(1, 4)).Zip(Gen.Elements(true, true, false)).ListOf().ToArbitrary(),
        moves =>
        {
            var fleet = new Fleet();
            fleet.SetSite(ASite(), SiteHealth.Alive);
            var expected = new Dictionary<string, long>();
            foreach (var ((instance, vcpus), hold) in moves)
            {
                var id = "i" + instance;
                if (hold)
                {
                    if (fleet.TryHold(AHold(id, vcpus: vcpus)) is null)
                    {
                        expected[id] = vcpus * 1000;
                    }
                }
                else
                {
                    fleet.ReleaseIfAny(id, "op-1");
                    expected.Remove(id);
                }
            }

            var host = fleet.Snapshot.Hosts[0];
            return host.Held.MilliCpu == expected.Values.Sum() && host.Held.MilliCpu <= 8000 && host.Instances.SetEquals(expected.Keys);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
}
