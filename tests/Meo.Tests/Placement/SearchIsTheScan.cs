using System.Globalization;
using Mano.Meo.Placement;
using Mano.Meo.Placement.Filters;
using Mano.Meo.Placement.Index;
using Mano.Meo.Placement.Scorers;
using Mano.Meo.Placement.Search;
using Xunit.Abstractions;

namespace Mano.Meo.Tests.Placement;

/// <summary>
/// The index decides as the scan does: same host, same score, same parts. Seeded cases in generated fleets that change between decisions.
/// MANO_PLACEMENT_CASES sets how many (make placement-cases: a million), MANO_PLACEMENT_SEED where they begin.
/// </summary>
public sealed class SearchIsTheScan(ITestOutputHelper output)
{
    private const int DecisionsAFleet = 40;

    private static readonly int Cases = Setting("MANO_PLACEMENT_CASES", 50_000);
    private static readonly int FirstSeed = Setting("MANO_PLACEMENT_SEED", 1);

    [Fact]
    public void Every_decision_is_that_of_the_scan_while_the_fleet_changes()
    {
        var (decided, none) = (0, 0);
        for (var seed = FirstSeed; decided < Cases; seed++)
        {
            var world = new RandomFleets(seed);
            var options = world.Options();
            var (scan, indexed) = (new Placer(options), new IndexedPlacer(options));
            var fleet = world.Fleet();
            for (var i = 0; i < DecisionsAFleet; i++, decided++)
            {
                fleet = world.Changed(fleet);
                var request = world.Request(fleet);
                none += Same(seed, request, fleet, options, scan) is null ? 1 : 0;
                if (i % 10 == 0)
                {
                    var rebuilt = FleetSnapshot.Of(fleet.Hosts);
                    Same(seed, scan.Place(request, fleet), indexed.Place(request, fleet));
                    Same(seed, scan.Place(request, fleet), indexed.Place(request, rebuilt));
                }
            }
        }

        output.WriteLine($"{decided} decisions from seed {FirstSeed} on, {none} of them 'no host'");
        Assert.InRange(none, decided / 100, decided * 9 / 10);
    }

    [Fact]
    public void No_verdict_on_a_group_is_wrong_of_any_host_in_it() => EveryGroup((request, node, seed) =>
    {
        foreach (var filter in HostFilters.Known)
        {
            var verdict = filter.Judge(request, node.Group);
            foreach (var entry in verdict == GroupVerdict.Mixed ? [] : node.All())
            {
                var reason = filter.Refuses(request, entry.Host);
                Assert.True(
                    verdict.PassesAll ? reason is null : reason is not null && (verdict.Reason is null || verdict.Reason == reason),
                    $"seed {seed}: {filter.Name} says {verdict} of a group and {reason ?? "yes"} of {entry.Host.HostId} in it");
            }
        }
    });

    [Fact]
    public void No_host_scores_above_the_bound_of_its_group() => EveryGroup((request, node, seed) =>
    {
        foreach (var scorer in HostScorers.Known)
        {
            var bound = scorer.Bound(request, node.Group);
            foreach (var entry in node.All())
            {
                var score = scorer.Score(request, entry.Host);
                Assert.True(
                    score <= bound && score is >= 0 and <= 1,
                    string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {scorer.Name} gives {entry.Host.HostId} {score:R} in a group of at most {bound:R}"));
            }
        }
    });

    [Fact]
    public void A_group_is_never_nearer_on_the_ring_than_its_nearest_host() => EveryGroup((request, node, seed) =>
    {
        var start = TieBreak.StartOf(request.Seed);
        var least = TieBreak.Distance(start, node.Group.MinRing, node.Group.MaxRing);
        Assert.True(node.All().All(e => TieBreak.Distance(start, e.Ring) >= least), $"seed {seed}");
    });

    [Fact]
    public void The_index_has_every_host_once_in_order_and_knows_zones_and_sites() => EveryGroup((_, _, _) => { }, (fleet, seed) =>
    {
        var all = fleet.All?.All().ToList() ?? [];
        Assert.Equal(fleet.Count, all.Count);
        Assert.True(all.Zip(all.Skip(1)).All(pair => HostEntry.Compare(pair.First, pair.Second) < 0), $"seed {seed}: not in order");
        Assert.True(all.Select(e => e.Host).ToHashSet().SetEquals(fleet.Hosts));
        Assert.Equal(fleet.Hosts.Length, fleet.Hosts.Select(h => h.Zone).Distinct().Sum(z => fleet.InZone(z)!.All().Count(e => e.Host.Zone == z)));
        Assert.Equal(fleet.Hosts.Length, fleet.Hosts.Select(h => h.SiteId).Distinct().Sum(s => fleet.AtSite(s)!.All().Count(e => e.Host.SiteId == s)));
        Assert.All(all, e => Assert.Equal((e.Host.Free, HostTraits.TextOf(e.Host)), (e.Free, e.Traits.Text)));
    });

    [Fact]
    public void Of_ten_thousand_hosts_that_are_alike_a_few_dozen_are_looked_at()
    {
        var fleet = FleetSnapshot.Of(Enumerable.Range(0, 10_000).Select(i => new HostModel
        {
            HostId = "h" + i, SiteId = "s" + (i / 10), WorkloadKinds = ["any"], Total = new(8_000, 8_192, 100),
        }));
        for (var i = 0; i < 200; i++)
        {
            var search = new BestHosts(new(new()), FleetWorld.ARequest("op-" + i), fleet, 1);
            var best = Assert.Single(search.Find());
            Assert.InRange(search.Looked, 1, 100);
            fleet = fleet.With(best.Host with { Held = best.Host.Held + new ResourceAmount(1_000, 512, 1) });
        }
    }

    private static void EveryGroup(Action<PlacementRequest, HostNode, int> check, Action<FleetSnapshot, int>? also = null)
    {
        for (var seed = 1; seed <= Math.Min(Cases / 500, 1_000); seed++)
        {
            var world = new RandomFleets(seed);
            var fleet = Enumerable.Range(0, 50).Aggregate(world.Fleet(), (f, _) => world.Changed(f));
            also?.Invoke(fleet, seed);
            var request = world.Request(fleet);
            foreach (var node in fleet.All is { } root ? Nodes(root) : [])
            {
                check(request, node, seed);
            }
        }
    }

    private static IEnumerable<HostNode> Nodes(HostNode node) => [node, .. (node.Below ?? []).SelectMany(Nodes)];

    /// <summary>Compares without the explanations, which cost most of the time; gives the host.</summary>
    private static string? Same(int seed, PlacementRequest request, FleetSnapshot fleet, PlacementOptions options, Placer scan)
    {
        var rules = new PlacementRules(options);
        var expected = scan.Best(request, fleet);
        var found = new BestHosts(rules, request, fleet, 1).Find();
        Assert.True(
            expected == (found.Count > 0 ? found[0] : null),
            $"seed {seed}, {fleet.Count} hosts: the scan finds {expected}, the index {(found.Count > 0 ? found[0] : "nothing")}; {request}");
        if (expected is null)
        {
            var tally = scan.Count(request, fleet);
            var counted = new GroupTally(rules, request, fleet).Count();
            Assert.True(tally.Count == counted.Count && tally.All(t => counted[t.Key] == t.Value), $"seed {seed}: {string.Join(", ", tally)} but {string.Join(", ", counted)}");
        }

        return expected?.Host.HostId;
    }

    private static void Same(int seed, PlacementDecision scan, PlacementDecision indexed)
    {
        Assert.True((scan.HostId, scan.SiteId, scan.Zone) == (indexed.HostId, indexed.SiteId, indexed.Zone), $"seed {seed}: {scan.HostId} but {indexed.HostId}");
        Assert.Equal(scan.Candidates.Take(IndexedPlacer.Told).Select(Text), indexed.Candidates.Select(Text));
        if (scan.HostId is null)
        {
            Assert.Equal(scan.Summary, indexed.Summary);
        }
    }

    private static string Text(Candidate candidate) => string.Create(
        CultureInfo.InvariantCulture, $"{candidate.HostId} at {candidate.SiteId}: {candidate.Score:R} of {string.Join(", ", candidate.Parts)}");

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
