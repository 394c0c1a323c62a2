using FsCheck;
using FsCheck.Fluent;
using Mano.Meo.Placement;

namespace Mano.Meo.Tests.Placement;

/// <summary>What must hold whatever the fleet: something bad never happens.</summary>
public sealed class PlacementSafety
{
    private static readonly Placer Placer = new(new());

    private static readonly Gen<HostModel> Hosts =
        from id in Gen.Choose(1, 40)
        from zone in Gen.Elements("a", "b", "c")
        from cpu in Gen.Choose(0, 8)
        from memory in Gen.Choose(0, 8)
        from held in Gen.Choose(0, 6)
        from others in Gen.Choose(0, 6)
        from latency in Gen.Choose(1, 30)
        from maintenance in Gen.Elements(false, false, true)
        from here in Gen.SubListOf("i1", "i2", "i3")
        select new HostModel
        {
            HostId = "h" + id,
            SiteId = "s" + (id % 5),
            Zone = zone,
            WorkloadKinds = ["any"],
            Total = new(cpu * 1000, memory * 1024, 100),
            Held = new(held * 1000, held * 512, held),
            Others = new(others * 500, others * 512, 0),
            LatencyNs = latency * 1_000_000L,
            Maintenance = maintenance,
            Instances = [.. here],
        };

    private static readonly Gen<PlacementRequest> Requests =
        from seed in Gen.Choose(0, 1_000_000)
        from cpu in Gen.Choose(0, 6)
        from memory in Gen.Choose(0, 6)
        from zones in Gen.SubListOf("a", "b", "c")
        from latency in Gen.Choose(0, 30)
        from near in Gen.Elements<string?>(null, null, "i1")
        from away in Gen.SubListOf("i2", "i3")
        select new PlacementRequest
        {
            Seed = "op-" + seed,
            Needed = new(cpu * 1000, memory * 1024, 1),
            Zones = [.. zones],
            MaxLatencyNs = latency == 0 ? null : latency * 1_000_000L,
            Affinity = near is null ? [] : [near],
            AntiAffinity = [.. away],
        };

    private static readonly Gen<FleetSnapshot> Fleets = Hosts.ListOf().Select(hosts => FleetSnapshot.Of(hosts.DistinctBy(h => h.HostId)));

    [Fact]
    public void Never_over_capacity() => Whatever((request, _, chosen) =>
        chosen is null || request.Needed.FitsIn(chosen.Total - chosen.Held - chosen.Others));

    [Fact]
    public void Never_outside_the_zone_nor_beyond_the_latency_nor_beside_the_avoided() => Whatever((request, _, chosen) =>
        chosen is null
        || ((request.Zones.Length == 0 || request.Zones.Contains(chosen.Zone))
            && !(chosen.LatencyNs > request.MaxLatencyNs)
            && !chosen.Maintenance
            && request.Affinity.All(chosen.Instances.Contains)
            && !request.AntiAffinity.Any(chosen.Instances.Contains)));

    [Fact]
    public void Every_host_is_either_a_candidate_or_refused_for_a_reason() => Whatever((request, fleet, _) =>
    {
        var decision = Placer.Place(request, fleet);
        return decision.Candidates.Select(c => c.HostId).Concat(decision.Rejections.Select(r => r.HostId)).Order(StringComparer.Ordinal)
            .SequenceEqual(fleet.Hosts.Select(h => h.HostId));
    });

    [Fact]
    public void Same_input_same_answer_whatever_the_order_of_hosts() => Whatever((request, fleet, chosen) =>
        Placer.Place(request, FleetSnapshot.Of(fleet.Hosts.Reverse())).HostId == chosen?.HostId);

    [Fact]
    public void Adding_a_host_never_makes_a_placeable_request_unplaceable() => Prop.ForAll(
        Requests.Zip(Fleets).Zip(Hosts).ToArbitrary(),
        input =>
        {
            var ((request, fleet), more) = input;
            var larger = FleetSnapshot.Of(fleet.Hosts.Append(more with { HostId = "more" }));
            return Placer.Place(request, fleet).HostId is null || Placer.Place(request, larger).HostId is not null;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static void Whatever(Func<PlacementRequest, FleetSnapshot, HostModel?, bool> holds) => Prop.ForAll(
        Requests.Zip(Fleets).ToArbitrary(),
        input =>
        {
            var (request, fleet) = input;
            var host = Placer.Place(request, fleet).HostId;
            return holds(request, fleet, fleet.Hosts.SingleOrDefault(h => h.HostId == host));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
}
