using Grpc.Core;
using Mano.Lifecycle.V1;
using Mano.Meo.Tests.World;

namespace Mano.Meo.Tests.Placement;

/// <summary>Placement as callers meet it: the refusal with its tally, the reasons, the constraints.</summary>
public sealed class PlacementOverGrpcTests
{
    [Fact]
    public async Task No_host_is_refused_at_once_with_the_tally()
    {
        await using var world = await MeoWorld.Start(
            null, MeoWorld.AHost(), MeoWorld.AHost("edge-a-2", latencyMs: 50), MeoWorld.AHost("edge-a-3", vcpus: 1));
        var package = await world.Onboard(vcpus: 6);
        await world.Running(package);
        var second = await world.Create(package);

        var refusal = await Refused.With(StatusCode.ResourceExhausted, () => world.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = second }));
        Assert.Equal("NO_HOST", refusal.Reason);
        Assert.Contains("3 hosts: 2 FULL, 1 LATENCY_TOO_HIGH", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("", (await world.Get(second)).RunningOperationId);
        Assert.Equal(6000, await world.Held());
        Assert.Single((await world.Operations.ListOperationsAsync(new())).Operations);
    }

    [Fact]
    public async Task Explaining_says_of_every_host_why_or_why_not_and_changes_nothing()
    {
        await using var world = await MeoWorld.Start(
            null, MeoWorld.AHost(), MeoWorld.AHost("edge-a-2", latencyMs: 2), MeoWorld.AHost("edge-a-3", latencyMs: 50), MeoWorld.AHost("edge-a-4", vcpus: 1));
        var package = await world.Onboard();
        await world.Inventory.SetHostMaintenanceAsync(new() { HostId = MeoWorld.HostId, Maintenance = true });

        var decision = (await world.Placement.ExplainPlacementAsync(new() { AppPackageId = package })).Decision;
        Assert.Equal("edge-a-2", decision.HostId);
        var candidate = Assert.Single(decision.Candidates);
        Assert.Equal(["latency", "spread"], candidate.Parts.Select(p => p.Scorer).Order());
        Assert.Equal(
            ["edge-a-1 MAINTENANCE", "edge-a-3 LATENCY_TOO_HIGH", "edge-a-4 FULL"], decision.Rejections.Select(r => $"{r.HostId} {r.Reason}"));
        Assert.Equal(("20 ms", "50 ms"), (decision.Rejections[1].Needed, decision.Rejections[1].Offered));
        Assert.StartsWith("edge-a-2: latency 2 ms of 20 ms", decision.Summary, StringComparison.Ordinal);
        Assert.Equal(0, await world.Held());

        var operation = await world.Instantiate(await world.Create(package));
        Assert.Equal((decision.HostId, decision.Summary), (operation.Placement.HostId, operation.Placement.Summary));
    }

    [Fact]
    public async Task No_host_is_an_answer_when_it_is_only_explained()
    {
        await using var world = await MeoWorld.Start();
        var decision = (await world.Placement.ExplainPlacementAsync(new()
        {
            AppInstanceId = await world.Create(), Constraints = new() { Zones = { "zone-elsewhere" } },
        })).Decision;
        Assert.Equal(("", "1 host: 1 OTHER_ZONE"), (decision.HostId, decision.Summary));
    }

    [Fact]
    public async Task Constraints_of_the_caller_decide()
    {
        await using var world = await MeoWorld.Start(null, MeoWorld.AHost(), MeoWorld.AHost("edge-a-2"));
        var package = await world.Onboard(vcpus: 1);
        var first = await world.Running(package);
        var at = (await world.Get(first)).Location.HostId;
        var other = at == "edge-a-1" ? "edge-a-2" : "edge-a-1";

        Assert.Equal(other, await Placed(world, package, new() { AntiAffinityAppInstanceIds = { first } }));
        Assert.Equal(at, await Placed(world, package, new() { AffinityAppInstanceIds = { first } }));
        Assert.Equal(other, await Placed(world, package, new() { HostId = other }));
        Assert.Equal(at, await Placed(world, package, new() { Zones = { "zone-" + at } }));
        Assert.Equal("", await Placed(world, package, new() { MaxLatency = new() { Nanos = 1_000_000 } }));
    }

    [Fact]
    public async Task A_request_must_name_one_thing_to_place()
    {
        await using var world = await MeoWorld.Start();
        foreach (var request in new[] { new ExplainPlacementRequest(), new() { AppPackageId = "a", AppInstanceId = "b" } })
        {
            Assert.Equal(["app_package_id"], (await Refused.With(StatusCode.InvalidArgument, () => world.Placement.ExplainPlacementAsync(request))).Paths());
        }
    }

    [Fact]
    public async Task What_if_a_host_were_lost_or_added_is_answered_and_changes_nothing()
    {
        await using var world = await MeoWorld.Start(null, MeoWorld.AHost(), MeoWorld.AHost("edge-a-2", latencyMs: 2));
        var package = await world.Onboard();
        async Task<PlacementDecision> With(WhatIf whatIf) =>
            (await world.Placement.ExplainPlacementAsync(new() { AppPackageId = package, WhatIf = whatIf })).Decision;

        Assert.Equal("edge-a-2", (await With(new())).HostId);
        Assert.Equal("edge-a-1", (await With(new() { Lost = { "edge-a-2" } })).HostId);
        Assert.Equal("0 hosts: no site has registered", (await With(new() { Lost = { MeoWorld.SiteId } })).Summary);
        var added = new AddedHost { Host = new() { HostId = "edge-x", Total = new() { MilliCpu = 64_000, MemoryMib = 65_536, DiskGib = 1_000 }, LatencyNs = 1_000_000 } };
        Assert.Equal("edge-x", (await With(new() { Lost = { MeoWorld.SiteId }, Added = { added } })).HostId);
        Assert.Equal(2, (await With(new())).Candidates.Count);

        await Refused.With(StatusCode.InvalidArgument, () => world.Placement.ExplainPlacementAsync(new() { AppPackageId = package, WhatIf = new() { Lost = { "nobody" } } }));
        await Refused.With(StatusCode.InvalidArgument, () => world.Placement.ExplainPlacementAsync(new() { AppPackageId = package, WhatIf = new() { Added = { new AddedHost() } } }));
    }

    [Fact]
    public async Task A_group_is_placed_all_or_none_and_nothing_is_held()
    {
        await using var world = await MeoWorld.Start(null, MeoWorld.AHost(), MeoWorld.AHost("edge-a-2"));
        var (large, small) = (await world.Onboard("large-d", vcpus: 6), await world.Onboard("small-d", vcpus: 2));
        async Task<ExplainGroupPlacementResponse> Group(params string[] packages) => await world.Placement.ExplainGroupPlacementAsync(
            new() { Members = { packages.Select(p => new ExplainPlacementRequest { AppPackageId = p }) } });

        var fits = await Group(small, large, small, large);
        Assert.True(fits.Placed);
        Assert.Equal(2, fits.Decisions.Where((_, i) => i % 2 == 1).Select(d => d.HostId).Distinct().Count());
        var full = await Group(small, large, small, large, small);
        Assert.False(full.Placed);
        Assert.Equal("", Assert.Single(full.Decisions, d => d.HostId.Length == 0).HostId);
        Assert.Equal(0, await world.Held());

        var apart = new PlacementConstraints { AntiAffinityGroups = { "web" } };
        var members = Enumerable.Range(0, 3).Select(_ => new ExplainPlacementRequest { AppPackageId = small, Constraints = apart });
        Assert.Contains("2 ANTI_AFFINITY_GROUP", (await world.Placement.ExplainGroupPlacementAsync(new() { Members = { members } })).Decisions[^1].Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instances_of_an_anti_affinity_group_are_kept_apart_and_areas_are_kept_to()
    {
        await using var world = await MeoWorld.Start(null, MeoWorld.AHost(), MeoWorld.AHost("edge-a-2"));
        var package = await world.Onboard(vcpus: 1);
        var apart = new PlacementConstraints { AntiAffinityGroups = { "web" } };
        var places = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            var id = await world.Create(package);
            var operation = (await world.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = id, Constraints = apart })).Operation;
            places.Add(operation.Placement.HostId);
        }

        Assert.Equal(["edge-a-1", "edge-a-2"], places.Order());
        Assert.Equal("2 hosts: 2 ANTI_AFFINITY_GROUP", (await world.Placement.ExplainPlacementAsync(new() { AppPackageId = package, Constraints = apart })).Decision.Summary);

        const string Nowhere = """{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}""";
        Assert.Equal("", await Placed(world, package, new() { AreaGeojson = Nowhere }));
        await Refused.With(StatusCode.InvalidArgument, () => world.Placement.ExplainPlacementAsync(new() { AppPackageId = package, Constraints = new() { AreaGeojson = "{}" } }));
        await Refused.With(StatusCode.InvalidArgument, () => world.Placement.ExplainPlacementAsync(new() { AppPackageId = package, Constraints = new() { UserLocation = new() { Latitude = 91 } } }));
    }

    [Fact]
    public async Task Without_a_site_the_tally_says_so()
    {
        await using var world = await MeoWorld.Start();
        await world.Inventory.DeregisterSiteAsync(new() { SiteId = MeoWorld.SiteId, Incarnation = "1" });
        var decision = (await world.Placement.ExplainPlacementAsync(new() { AppPackageId = await world.Onboard() })).Decision;
        Assert.Equal("1 host: 1 SITE_LEFT", decision.Summary);
    }

    private static async Task<string> Placed(MeoWorld world, string package, PlacementConstraints constraints) =>
        (await world.Placement.ExplainPlacementAsync(new() { AppPackageId = package, Constraints = constraints })).Decision.HostId;
}
