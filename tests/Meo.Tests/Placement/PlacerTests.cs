using Mano.Meo.Placement;
using static Mano.Meo.Tests.Placement.FleetWorld;

namespace Mano.Meo.Tests.Placement;

public sealed class PlacerTests
{
    private static readonly Placer Placer = new(new());

    [Fact]
    public void Chooses_the_nearest_of_equal_hosts()
    {
        var decision = Placer.Place(ARequest(), AFleet().WithHost("far", latencyMs: 20).WithHost("near", latencyMs: 2));
        Assert.Equal(("near", "site-near", "a"), (decision.HostId, decision.SiteId, decision.Zone));
        Assert.Equal(["near", "far"], decision.Candidates.Select(c => c.HostId));
    }

    [Fact]
    public void Chooses_the_emptiest_of_equally_near_hosts()
    {
        var decision = Placer.Place(ARequest(), AFleet()
            .WithHost("busy", and: h => h with { Held = new(4000, 4096, 10) }).WithHost("idle"));
        Assert.Equal("idle", decision.HostId);
    }

    [Fact]
    public void Pack_chooses_the_fullest()
    {
        var packer = new Placer(new() { Scorers = new Dictionary<string, double> { ["pack"] = 1 } });
        var decision = packer.Place(ARequest(), AFleet()
            .WithHost("busy", and: h => h with { Held = new(4000, 4096, 10) }).WithHost("idle"));
        Assert.Equal("busy", decision.HostId);
    }

    [Fact]
    public void No_host_prints_the_tally_and_keeps_every_rejection()
    {
        var decision = Placer.Place(ARequest() with { MaxLatencyNs = 10_000_000, Features = [new("F", "1")] }, AFleet()
            .WithHost("h1", latencyMs: 20).WithHost("h2", latencyMs: 30).WithHost("h3")
            .WithHost("h4", vcpus: 0, and: h => h with { Features = [new("F", "1.2")] }));
        Assert.Null(decision.HostId);
        Assert.Equal("4 hosts: 2 LATENCY_TOO_HIGH, 1 FULL, 1 NO_FEATURE", decision.Summary);
        Assert.Equal(["h1", "h2", "h3", "h4"], decision.Rejections.Select(r => r.HostId));
    }

    [Fact]
    public void An_empty_fleet_is_said_plainly() =>
        Assert.Equal("0 hosts: no site has registered", Placer.Place(ARequest(), FleetSnapshot.Empty).Summary);

    [Fact]
    public void A_choice_is_summed_up_in_one_sentence() => Assert.Equal(
        "near: latency 2 ms of 10 ms, 8000 mCPU, 8192 MiB, 100 GiB free; the only candidate, refused 1 LATENCY_TOO_HIGH",
        Placer.Place(ARequest() with { MaxLatencyNs = 10_000_000 }, AFleet().WithHost("near", latencyMs: 2).WithHost("far", latencyMs: 20)).Summary);

    [Fact]
    public void Equal_hosts_share_the_requests_and_each_request_keeps_its_answer()
    {
        FleetSnapshot fleet = AFleet().WithHost("h1").WithHost("h2").WithHost("h3");
        var chosen = Enumerable.Range(0, 300).Select(i => Placer.Place(ARequest("op-" + i), fleet).HostId).ToList();
        Assert.All(["h1", "h2", "h3"], host => Assert.InRange(chosen.Count(c => c == host), 20, 240));
        Assert.Equal(chosen, Enumerable.Range(0, 300).Select(i => Placer.Place(ARequest("op-" + i), fleet).HostId));
    }

    [Fact]
    public void An_unknown_filter_lists_the_known_ones()
    {
        var error = Assert.Throws<ArgumentException>(() => new Placer(new() { Filters = ["zone", "colour"] }));
        Assert.Equal("There is no placement filter 'colour'; there are named, zone, area, country, tenant, health, workload, "
            + "architecture, latency, services, features, hardware, networks, groups, affinity, devices, capacity.", error.Message);
    }

    [Fact]
    public void An_unknown_scorer_lists_the_known_ones()
    {
        var error = Assert.Throws<ArgumentException>(() => new Placer(new() { Scorers = new Dictionary<string, double> { ["luck"] = 1 } }));
        Assert.Equal("There is no placement scorer 'luck'; there are latency, spread, pack, cost, energy, locality, image.", error.Message);
    }

    [Fact]
    public void A_weight_below_zero_is_refused() => Assert.Throws<ArgumentException>(
        () => new Placer(new() { Scorers = new Dictionary<string, double> { ["latency"] = -1 } }));
}
