using Mano.Meo.Placement;
using Mano.Mesh.Failures;
using static Mano.Meo.Tests.Inventory.InventoryWorld;

namespace Mano.Meo.Tests.Inventory;

public sealed class SiteDirectoryTests
{
    private readonly InventoryWorld world = new();

    [Fact]
    public async Task A_registered_site_is_in_the_snapshot_and_survives_a_restart()
    {
        await world.Sites.Register(ASite(), default);
        Assert.Equal(SiteHealth.Alive, world.Host().SiteHealth);
        var restarted = await world.Restarted();
        Assert.Equal(("edge-a-1", SiteHealth.Alive), (restarted.Host().HostId, restarted.Host().SiteHealth));
    }

    [Fact]
    public async Task A_site_falls_silent_step_by_step_and_comes_back_with_a_heartbeat()
    {
        await world.Sites.Register(ASite(), default);
        After(TimeSpan.FromSeconds(4), SiteHealth.Alive);
        After(TimeSpan.FromSeconds(2), SiteHealth.Suspect);
        After(TimeSpan.FromSeconds(10), SiteHealth.Lost);
        Assert.False((await world.Sites.Heartbeat("edge-a", "1", [], default)).IsRefused);
        Assert.Equal(SiteHealth.Alive, world.Host().SiteHealth);
    }

    [Fact]
    public async Task Heartbeats_without_changes_are_not_written()
    {
        await world.Sites.Register(ASite(), default);
        var before = await world.Store.CurrentRevision();
        await world.Sites.Heartbeat("edge-a", "1", [], default);
        await world.Sites.Heartbeat("edge-a", "1", [AHost("edge-a-1")], default);
        Assert.Equal(before, await world.Store.CurrentRevision());
        await world.Sites.Heartbeat("edge-a", "1", [AHost("edge-a-1", usedVcpus: 2)], default);
        Assert.Equal(before + 1, await world.Store.CurrentRevision());
        Assert.Equal(new(2000, 0, 0), world.Host().Others);
    }

    [Fact]
    public async Task A_second_MEPM_is_refused_while_the_first_lives_and_taken_when_it_is_silent()
    {
        await world.Sites.Register(ASite(), default);
        var second = ASite(incarnation: "2", address: "http://127.0.0.1:2");
        var refused = (await world.Sites.Register(second, default)).Failure;
        Assert.Equal((FailureKind.AlreadyExists, "SITE_CLAIMED"), (refused?.Kind, refused?.Reason));
        After(TimeSpan.FromSeconds(6), SiteHealth.Suspect);
        Assert.False((await world.Sites.Register(second, default)).IsRefused);
        Assert.Equal("SITE_NOT_REGISTERED", (await world.Sites.Heartbeat("edge-a", "1", [], default)).Failure?.Reason);
    }

    [Fact]
    public async Task The_same_MEPM_may_register_again_after_its_restart()
    {
        await world.Sites.Register(ASite(), default);
        Assert.False((await world.Sites.Register(ASite(incarnation: "2"), default)).IsRefused);
    }

    [Fact]
    public async Task A_host_of_another_site_is_refused_and_none_is_taken()
    {
        await world.Sites.Register(ASite(), default);
        var thief = ASite("edge-b", hosts: [AHost("edge-b-1"), AHost("edge-a-1")]);
        Assert.Equal("HOST_CLAIMED", (await world.Sites.Register(thief, default)).Failure?.Reason);
        Assert.False((await world.Sites.Register(ASite("edge-c", hosts: AHost("edge-b-1")), default)).IsRefused);
    }

    [Fact]
    public async Task A_heartbeat_of_a_site_nobody_knows_makes_it_register_again() =>
        Assert.Equal(FailureKind.NotFound, (await world.Sites.Heartbeat("edge-a", "1", [], default)).Failure?.Kind);

    [Fact]
    public async Task Deregistering_keeps_the_record_and_an_older_incarnation_cannot()
    {
        await world.Sites.Register(ASite(incarnation: "2"), default);
        Assert.True((await world.Sites.Deregister("edge-a", "1", default)).IsRefused);
        Assert.False((await world.Sites.Deregister("edge-a", "2", default)).IsRefused);
        Assert.Equal(SiteHealth.Left, world.Host().SiteHealth);
        Assert.Equal(SiteHealth.Left, (await world.Restarted()).Host().SiteHealth);
        After(TimeSpan.FromSeconds(60), SiteHealth.Left);
    }

    [Fact]
    public async Task Maintenance_survives_registrations_and_restarts()
    {
        await world.Sites.Register(ASite(), default);
        await world.Sites.SetMaintenance("edge-a-1", true, b => b, default);
        await world.Sites.Register(ASite(incarnation: "2"), default);
        Assert.True(world.Host().Maintenance);
        var restarted = await world.Restarted();
        Assert.True(restarted.Host().Maintenance);
        await restarted.Sites.SetMaintenance("edge-a-1", false, b => b, default);
        Assert.False(restarted.Host().Maintenance);
    }

    [Fact]
    public async Task A_host_that_is_registered_no_longer_leaves_the_snapshot_and_may_be_anothers()
    {
        await world.Sites.Register(ASite(hosts: [AHost("h1"), AHost("h2")]), default);
        await world.Sites.Register(ASite(hosts: AHost("h1")), default);
        Assert.Equal(["h1"], world.Fleet.Snapshot.Hosts.Select(h => h.HostId));
        Assert.False((await world.Sites.Register(ASite("edge-b", hosts: AHost("h2")), default)).IsRefused);
    }

    [Fact]
    public async Task Sites_are_listed_in_pages_by_id()
    {
        foreach (var id in (string[])["c", "a", "b"])
        {
            await world.Sites.Register(ASite(id), default);
        }

        var first = world.Sites.List(null, 2);
        Assert.Equal(["a", "b"], first.Items.Select(s => s.Model.SiteId));
        Assert.Equal("b", first.NextToken);
        var second = world.Sites.List(first.NextToken, 2);
        Assert.Equal(["c"], second.Items.Select(s => s.Model.SiteId));
        Assert.Empty(second.NextToken);
    }

    private void After(TimeSpan wait, SiteHealth expected)
    {
        world.Clock.Advance(wait);
        world.Sites.Sweep();
        Assert.Equal(expected, world.Host().SiteHealth);
    }
}
