using System.Net;
using Mano.MecPlatform.Traffic;
using Mano.MecPlatform.Traffic.Nft;

namespace Mano.MecPlatform.Tests.Traffic.Nft;

public sealed class RuleBlocksTests
{
    [Fact]
    public void Blocks_decide_exactly_as_the_list_of_rules_does()
    {
        var random = new Random(20261);
        var decided = 0;
        for (var round = 0; round < 3000; round++)
        {
            var rules = Enumerable.Range(1, random.Next(1, 40)).Select(n => RandomRule(random, n)).Order().ToList();
            var table = rules.Aggregate(TrafficTable.Empty, (t, r) => t.With(r.AppInstanceId, [CompiledRule.Compile(r.AppInstanceId, r.Rule, r.Instance)]));
            var blocks = RuleBlocks.Of(rules, NftFamily.V4);
            for (var i = 0; i < 30; i++)
            {
                var flow = new Flow(
                    new(IPAddress.Parse($"10.0.0.{random.Next(4)}"), random.Next(1, 4)),
                    new(IPAddress.Parse($"203.0.113.{random.Next(6)}"), random.Next(80, 85)),
                    random.Next(2) == 0 ? 6 : 17);
                var expected = table.Match(flow)?.Rule.Id;
                Assert.Equal(expected, rules.FirstOrDefault(r => r.Number == Look(blocks, flow))?.Rule.Id);
                decided += expected is null ? 0 : 1;
            }
        }

        Assert.InRange(decided, 20_000, 85_000);
    }

    [Fact]
    public void Many_disjoint_ranges_become_one_interval_map_and_many_single_ports_one_hash_map()
    {
        var ranges = Enumerable.Range(0, 200).Select(i => new NumberedRule(i + 1, "a", Rule($"r{i:d3}", 10, $"203.0.{i}.0/24", "80-90"), Nowhere));
        Assert.IsType<IntervalBlock>(Assert.Single(RuleBlocks.Of(ranges, NftFamily.V4)));
        var exact = Enumerable.Range(0, 200).Select(i => new NumberedRule(i + 1, "a", Rule($"r{i:d3}", i, $"203.0.113.{i}", "80"), Nowhere));
        Assert.IsType<ExactBlock>(Assert.Single(RuleBlocks.Of(exact, NftFamily.V4)));
    }

    private static readonly ForwardTarget Nowhere = new(IPAddress.None, []);

    private static TrafficRule Rule(string id, int priority, string address, string ports) =>
        new(id, FilterType.Flow, priority, [new TrafficFilter { DstAddress = [address], DstPort = [ports], Protocol = ["TCP"] }], RuleAction.Passthrough, []);

    private static NumberedRule RandomRule(Random random, int number)
    {
        var filters = Enumerable.Range(0, random.Next(1, 3)).Select(_ => new TrafficFilter
        {
            SrcAddress = random.Next(5) == 0 ? [$"10.0.0.{random.Next(4)}"] : [],
            DstAddress = Pick(random, ["203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.0/30", "203.0.113.2-203.0.113.4", "0.0.0.0/0", "2001:db8::1"]),
            DstPort = Pick(random, ["80", "81", "82", "80-83", "84"]),
            SrcPort = random.Next(8) == 0 ? ["1-2"] : [],
            Protocol = Pick(random, ["TCP", "UDP", "ANY"]),
        });
        return new(number, $"i{number:d2}", new($"r{number}", FilterType.Flow, random.Next(4), [.. filters], RuleAction.Passthrough, []), Nowhere);
    }

    private static string[] Pick(Random random, string[] among) => [.. Enumerable.Range(0, random.Next(4) switch { 0 => 0, 3 => 2, _ => 1 }).Select(_ => among[random.Next(among.Length)])];

    /// <summary>What the kernel does with blocks.</summary>
    private static int Look(IEnumerable<RuleBlock> blocks, Flow flow)
    {
        var packet = new Box(NumberOf(flow.Destination.Address), NumberOf(flow.Destination.Address), flow.Protocol, flow.Destination.Port, flow.Destination.Port);
        foreach (var block in blocks)
        {
            var number = block switch
            {
                ExactBlock exact => exact.Numbers.Where(e => e.Key.Overlaps(packet)).Select(e => e.Value).FirstOrDefault(),
                IntervalBlock intervals => intervals.Entries.Where(e => e.Box.Overlaps(packet)).Select(e => e.Number).FirstOrDefault(),
                LinearBlock linear => linear.Entries.Where(e => e.Match.Overlaps(packet) && Source(e.Match, flow)).Select(e => e.Number).FirstOrDefault(),
                _ => throw new InvalidOperationException(),
            };
            if (number != 0)
            {
                return number;
            }
        }

        return 0;
    }

    private static bool Source(RuleMatch match, Flow flow) =>
        (match.Sources.Count == 0 || match.Sources.Any(s => s.Contains(flow.Source.Address)))
        && (match.SourcePorts.Count == 0 || match.SourcePorts.Any(p => p.Contains(flow.Source.Port)));

    private static UInt128 NumberOf(IPAddress address) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
}
