using Mano.Cli.Simulate;

namespace Mano.Cli.Tests.Simulate;

public sealed class FleetPlanTests
{
    private static readonly FleetOptions Options = new() { Sites = 40, HostsPerSite = 3, Seed = 7, Outages = 25, Duration = TimeSpan.FromSeconds(30), VimFaults = 0.1 };

    [Fact]
    public void The_same_seed_gives_the_same_fleet_and_the_same_outages()
    {
        var (one, other) = (FleetPlan.Of(Options), FleetPlan.Of(Options));
        Assert.Equal(one.Sites, other.Sites);
        Assert.Equal(one.Outages, other.Outages);
    }

    [Fact]
    public void Another_seed_gives_another_fleet_and_other_outages()
    {
        var (one, other) = (FleetPlan.Of(Options), FleetPlan.Of(Options with { Seed = 8 }));
        Assert.NotEqual(one.Sites, other.Sites);
        Assert.NotEqual(one.Outages, other.Outages);
    }

    [Fact]
    public void More_sites_leave_those_that_were_there_as_they_are()
    {
        var more = FleetPlan.Of(Options with { Sites = 60 });
        Assert.Equal(FleetPlan.Of(Options).Sites, more.Sites.Take(40));
    }

    [Fact]
    public void Every_host_has_an_id_and_a_seed_of_its_own_and_every_outage_is_within_the_run()
    {
        var plan = FleetPlan.Of(Options);
        var hosts = plan.Sites.SelectMany(s => s.Hosts).ToArray();
        Assert.Equal(120, hosts.Length);
        Assert.Equal(120, hosts.Select(h => h.HostId).Distinct().Count());
        Assert.Equal(120, hosts.Select(h => h.Vim.Seed).Distinct().Count());
        Assert.Equal(25, plan.Outages.Count);
        Assert.All(plan.Outages, o => Assert.InRange(o.At, TimeSpan.Zero, Options.Duration));
        Assert.All(plan.Outages, o => Assert.InRange(o.Site, 0, 39));
    }
}
