using Mano.Meo.Placement;
using Mano.Meo.Placement.Geography;
using static Mano.Meo.Tests.Placement.FleetWorld;

namespace Mano.Meo.Tests.Placement;

public sealed class FilterTests
{
    private static readonly Placer Placer = new(new());

    [Fact]
    public void Rejects_host_whose_latency_exceeds_the_budget() => Refused(
        ARequest() with { MaxLatencyNs = 10_000_000 }, h => h with { LatencyNs = 18_000_000 }, "LATENCY_TOO_HIGH", "10 ms", "18 ms");

    [Fact]
    public void Rejects_host_of_another_zone() => Refused(
        ARequest() with { Zones = ["b", "c"] }, h => h with { Zone = "a" }, "OTHER_ZONE", "b, c", "a");

    [Fact]
    public void Rejects_host_of_another_country() => Refused(
        ARequest() with { CountryCode = "FR" }, h => h, "OTHER_COUNTRY", "FR", "DE");

    [Fact]
    public void Rejects_host_of_another_site_than_the_named_one() => Refused(
        ARequest() with { SiteId = "elsewhere" }, h => h, "OTHER_SITE", "elsewhere", "site-edge-1");

    [Fact]
    public void Rejects_every_host_but_the_named_one() => Refused(
        ARequest() with { HostId = "edge-2" }, h => h, "OTHER_HOST", "edge-2", "edge-1");

    [Theory]
    [InlineData("Suspect", "SITE_SUSPECT")]
    [InlineData("Lost", "SITE_LOST")]
    [InlineData("Left", "SITE_LEFT")]
    public void Rejects_host_of_a_site_that_is_not_heard(string health, string reason) => Assert.Equal(
        reason, TheRejection(ARequest(), h => h with { SiteHealth = Enum.Parse<SiteHealth>(health) }).Reason);

    [Fact]
    public void Rejects_host_whose_vim_does_not_answer() => Refused(
        ARequest(), h => h with { Healthy = false, Message = "VIM away" }, "UNHEALTHY", "a VIM and a platform that answer", "VIM away");

    [Fact]
    public void Rejects_host_in_maintenance() => Refused(
        ARequest(), h => h with { Maintenance = true }, "MAINTENANCE", "a host in service", "in maintenance");

    [Fact]
    public void Rejects_host_whose_vim_cannot_run_the_image() => Refused(
        ARequest() with { WorkloadKinds = ["vm"] }, h => h with { WorkloadKinds = ["executable", "container"] },
        "OTHER_WORKLOAD", "vm", "executable, container");

    [Fact]
    public void Rejects_host_of_another_architecture() => Refused(
        ARequest() with { CpuArchitecture = "arm64" }, h => h, "OTHER_ARCHITECTURE", "arm64", "x86_64");

    [Theory]
    [InlineData("x86")]
    [InlineData("amd64")]
    [InlineData("X86_64")]
    public void Accepts_every_spelling_of_the_architecture(string spelled) =>
        Assert.Equal("edge-1", Placer.Place(ARequest() with { CpuArchitecture = spelled }, AFleet().WithHost("edge-1")).HostId);

    [Fact]
    public void Rejects_host_without_the_service() => Refused(
        ARequest() with { Services = [new("RNIS", "2.1", [])] }, h => h with { Services = [new("LS", "2.1.1", [])] },
        "NO_SERVICE", "RNIS 2.1", "LS 2.1.1");

    [Theory]
    [InlineData("2.1.1", "2.1", true)]
    [InlineData("2.2", "2.1.1", true)]
    [InlineData("3.0", "2.1", false)]
    [InlineData("2.0.9", "2.1", false)]
    [InlineData("v2.1", "2.1.0", true)]
    [InlineData("beta", "Beta", true)]
    [InlineData("beta", "2.1", false)]
    [InlineData("", "2.1", true)]
    [InlineData("2.1", "", true)]
    public void Takes_a_version_of_the_same_major_number_that_is_not_older(string offered, string needed, bool does)
    {
        var host = AFleet().WithHost("edge-1", and: h => h with { Features = [new("UserApps", offered)] });
        Assert.Equal(does, Placer.Place(ARequest() with { Features = [new("UserApps", needed)] }, host).HostId is not null);
    }

    [Fact]
    public void One_group_of_transports_must_be_offered_in_full()
    {
        var request = ARequest() with { Services = [new("RNIS", "", [["REST_HTTP", "WEBSOCKET"], ["MB_TOPIC_BASED"]])] };
        PlacementDecision Offering(params string[] transports) =>
            Placer.Place(request, AFleet().WithHost("edge-1", and: h => h with { Services = [new("RNIS", "", [.. transports])] }));

        Assert.Null(Offering("REST_HTTP").HostId);
        Assert.NotNull(Offering("REST_HTTP", "WEBSOCKET").HostId);
        Assert.NotNull(Offering("MB_TOPIC_BASED").HostId);
    }

    [Fact]
    public void A_service_that_says_no_transport_is_taken_over_rest() => Assert.NotNull(Placer.Place(
        ARequest() with { Services = [new("RNIS", "", [])] },
        AFleet().WithHost("edge-1", and: h => h with { Services = [new("rnis", "2.1", [])] })).HostId);

    [Fact]
    public void Rejects_host_without_the_feature() => Refused(
        ARequest() with { Features = [new("UserApps", "1.0")] }, h => h, "NO_FEATURE", "UserApps 1.0", "none");

    [Fact]
    public void Rejects_host_without_the_hardware() => Refused(
        ARequest() with { Hardware = ["gpu"] }, h => h with { Hardware = ["sriov"] }, "NO_HARDWARE", "gpu", "sriov");

    [Fact]
    public void Rejects_host_that_has_given_its_devices_away() => Refused(
        ARequest() with { Hardware = ["gpu"], Devices = Devices.Read("gpu:2") },
        h => h with { Hardware = ["gpu"], Devices = Devices.Read("gpu:4"), HeldDevices = Devices.Read("gpu:3") },
        "DEVICES_TAKEN", "2 gpu", "1 of 4 free");

    [Fact]
    public void A_host_that_does_not_say_how_many_devices_it_has_is_taken_to_have_enough() => Assert.NotNull(Placer.Place(
        ARequest() with { Devices = Devices.Read("gpu:9") }, AFleet().WithHost("edge-1", and: h => h with { Hardware = ["gpu"] })).HostId);

    [Fact]
    public void Rejects_host_with_an_instance_to_be_away_from() => Refused(
        ARequest() with { AntiAffinity = ["x"] }, h => h with { Instances = ["x"] }, "ANTI_AFFINITY", "not with x", "is there");

    [Fact]
    public void Rejects_host_without_all_instances_to_be_near() => Refused(
        ARequest() with { Affinity = ["x", "y"] }, h => h with { Instances = ["x"] }, "AFFINITY", "with y", "not there");

    [Fact]
    public void Rejects_host_that_does_not_reach_the_network() => Refused(
        ARequest() with { Networks = ["n6", "internet"] }, h => h with { Networks = ["n6"] }, "NO_NETWORK", "internet", "n6");

    [Fact]
    public void Rejects_host_that_serves_other_tenants() => Refused(
        ARequest() with { Tenant = "default" }, h => h with { Tenants = ["city", "port"] }, "OTHER_TENANT", "default", "city, port");

    [Fact]
    public void Rejects_host_outside_the_area_and_one_of_which_nobody_said_where_it_is()
    {
        var munich = new GeoArea([[new([(11.3, 48.0), (11.8, 48.0), (11.8, 48.3), (11.3, 48.3), (11.3, 48.0)])]]);
        Refused(ARequest() with { Area = munich }, h => h with { Location = new(52.52, 13.405) }, "OUTSIDE_AREA", "a site in the area", "52.52,13.405");
        Refused(ARequest() with { Area = munich }, h => h, "OUTSIDE_AREA", "a site in the area", "a site of which nobody said where it is");
        Assert.NotNull(Placer.Place(ARequest() with { Area = munich }, AFleet().WithHost("edge-1", and: h => h with { Location = new(48.137, 11.575) })).HostId);
    }

    [Fact]
    public void The_way_from_the_users_counts_as_latency()
    {
        var inMunich = ARequest() with { UserLocation = new(48.137, 11.575), MaxLatencyNs = 7_000_000 };
        Assert.StartsWith("7.52", TheRejection(inMunich, h => h with { Location = new(52.52, 13.405) }).Offered, StringComparison.Ordinal);
        Assert.NotNull(Placer.Place(inMunich, AFleet().WithHost("edge-1", and: h => h with { Location = new(48.2, 11.6) })).HostId);
        Assert.Equal("LATENCY_TOO_HIGH", TheRejection(inMunich, h => h).Reason);
    }

    [Fact]
    public void Rejects_host_with_a_member_of_the_group_to_be_away_from() => Refused(
        ARequest() with { AntiAffinityGroups = ["web"] }, h => h with { Groups = h.Groups.Add("web", 1) }, "ANTI_AFFINITY_GROUP", "not with the group web", "one of it is there");

    [Fact]
    public void An_affinity_group_binds_to_its_members_and_its_first_goes_anywhere()
    {
        var request = ARequest() with { AffinityGroups = ["db"] };
        var alone = AFleet().WithHost("edge-1");
        Assert.Equal("edge-1", Placer.Place(request, alone).HostId);
        FleetSnapshot fleet = alone.WithHost("edge-2", and: h => h with { Groups = h.Groups.Add("db", 1) });
        var decision = Placer.Place(request, fleet);
        Assert.Equal(("edge-2", "AFFINITY_GROUP"), (decision.HostId, Assert.Single(decision.Rejections).Reason));
    }

    [Theory]
    [InlineData("cost")]
    [InlineData("energy")]
    [InlineData("locality")]
    [InlineData("image")]
    public void Each_scorer_prefers_what_it_is_named_for(string scorer)
    {
        var request = ARequest() with { AppPkgId = "p1", OptionalServices = [new("RNIS", "", [])] };
        FleetSnapshot fleet = AFleet().WithHost("usual").WithHost("better", and: h => h with
        {
            Cost = 0.5, WattsPerCpu = 4, Services = [new("RNIS", "2.1", [])], Packages = h.Packages.Add("p1", 1),
        });
        Assert.Equal("better", new Placer(new() { Scorers = new Dictionary<string, double> { [scorer] = 1 } }).Place(request, fleet).HostId);
    }

    [Fact]
    public void Rejects_host_that_is_full_and_says_what_is_free() => Refused(
        ARequest(vcpus: 4), h => h with { Held = new(4000, 0, 0), Others = new(1000, 0, 0) }, "FULL",
        "4000 mCPU, 512 MiB, 1 GiB", "3000 mCPU, 8192 MiB, 100 GiB");

    [Fact]
    public void What_is_not_needed_does_not_have_to_be_free() => Assert.NotNull(Placer.Place(
        ARequest(diskGib: 0), AFleet().WithHost("edge-1", and: h => h with { Others = new(0, 0, 500) })).HostId);

    private static void Refused(PlacementRequest request, Func<HostModel, HostModel> host, string reason, string needed, string offered) =>
        Assert.Equal(new Rejection("edge-1", "site-edge-1", reason, needed, offered), TheRejection(request, host));

    private static Rejection TheRejection(PlacementRequest request, Func<HostModel, HostModel> host)
    {
        var decision = Placer.Place(request, AFleet().WithHost("edge-1", and: host));
        Assert.Null(decision.HostId);
        return Assert.Single(decision.Rejections);
    }
}
