using System.Net;
using Mano.MecPlatform.Traffic;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Tests.Traffic;

public sealed class TrafficTableTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.0/24", "192.0.2.255", true)]
    [InlineData("192.0.2.0/24", "192.0.3.0", false)]
    [InlineData("192.0.2.77/24", "192.0.2.1", true)]
    [InlineData("192.0.2.0/255.255.255.0", "192.0.2.9", true)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("10.0.0.5-10.0.0.9", "10.0.0.9", true)]
    [InlineData("10.0.0.5-10.0.0.9", "10.0.0.10", false)]
    [InlineData("10.0.0.5-10.0.0.9", "::ffff:10.0.0.7", true)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::", false)]
    [InlineData("2001:db8::/32-2001:dba::/32", "2001:dba:1::", true)]
    [InlineData("::/0", "::1", true)]
    [InlineData("2001:db8::1-2001:db8::f", "2001:db8::10", false)]
    public void Address_ranges_contain_what_they_say(string range, string address, bool contains)
    {
        Assert.True(AddressRange.TryParse(range, out var parsed, out var fault), fault);
        Assert.Equal(contains, parsed.Contains(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("192.0.2")]
    [InlineData("1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("010.0.0.1")]
    [InlineData("192.0.2.0/33")]
    [InlineData("192.0.2.0/255.0.255.0")]
    [InlineData("192.0.2.9-192.0.2.1")]
    [InlineData("192.0.2.1-2001:db8::1")]
    [InlineData("a-b-c")]
    [InlineData("fe80::1%eth0")]
    [InlineData("www.example.com")]
    public void What_is_no_address_is_refused_by_name(string text)
    {
        Assert.False(AddressRange.TryParse(text, out _, out var fault));
        Assert.Contains($"'{text}'", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_texts_never_make_a_parser_throw()
    {
        const string alphabet = "0123456789.:/-abcdefx% ";
        var random = new Random(99);
        for (var i = 0; i < 100_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(0, 24)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
            _ = AddressRange.TryParse(text, out _, out _);
            _ = PortRange.TryParse(text, out _, out _);
            _ = ProtocolNumber.TryParse(text, out _, out _);
        }
    }

    [Fact]
    public void The_highest_priority_decides_and_zero_is_the_highest()
    {
        var table = TrafficTable.Empty
            .With("app-a", [Rule("app-a", "low", 200, RuleAction.Drop, new TrafficFilter())])
            .With("app-b", [Rule("app-b", "high", 0, RuleAction.ForwardDecapsulated, new TrafficFilter { DstPort = ["80"] })]);
        Assert.Equal("high", table.Match(Flow("203.0.113.1", 80))!.Rule.Id);
        Assert.Equal("low", table.Match(Flow("203.0.113.1", 81))!.Rule.Id);
    }

    [Fact]
    public void Between_equals_the_lower_instance_id_decides_whoever_came_first()
    {
        var a = Rule("app-a", "r", 7, RuleAction.Drop, new TrafficFilter());
        var b = Rule("app-b", "r", 7, RuleAction.Drop, new TrafficFilter());
        Assert.Equal("app-a", TrafficTable.Empty.With("app-a", [a]).With("app-b", [b]).Match(Flow("1.2.3.4", 1))!.AppInstanceId);
        Assert.Equal("app-a", TrafficTable.Empty.With("app-b", [b]).With("app-a", [a]).Match(Flow("1.2.3.4", 1))!.AppInstanceId);
    }

    [Fact]
    public void Filters_are_alternatives_fields_must_all_match_and_values_are_alternatives()
    {
        var rule = Rule("app", "r", 1, RuleAction.Drop,
            new TrafficFilter { DstAddress = ["10.0.0.0/8", "192.0.2.1"], DstPort = ["80", "8000-8999"], Protocol = ["tcp"] },
            new TrafficFilter { SrcAddress = ["198.51.100.7"] });
        Assert.True(rule.Matches(Flow("10.1.2.3", 8123)));
        Assert.True(rule.Matches(Flow("192.0.2.1", 80)));
        Assert.False(rule.Matches(Flow("192.0.2.1", 443)));
        Assert.False(rule.Matches(Flow("192.0.2.2", 80)));
        Assert.True(rule.Matches(Flow("192.0.2.2", 443, source: "198.51.100.7")));
    }

    [Fact]
    public void A_filter_with_a_field_that_cannot_be_seen_matches_nothing()
    {
        var rule = Rule("app", "r", 1, RuleAction.Drop, new TrafficFilter { SrcTunnelAddress = ["10.10.10.10"] });
        Assert.False(rule.Matches(Flow("10.1.2.3", 80)));
    }

    [Fact]
    public void Without_a_given_address_a_rule_forwards_to_the_instance()
    {
        var own = Rule("app", "r", 1, RuleAction.ForwardDecapsulated, new TrafficFilter());
        Assert.Equal("127.0.5.5", own.Target!.Address.ToString());
        var unspecified = CompiledRule.Compile("app", own.Rule with { Destinations = [new(InterfaceType.Ip) { DstIpAddress = "0.0.0.0" }] }, new ForwardTarget(IPAddress.Parse("127.0.5.5"), []));
        Assert.Equal("127.0.5.5", unspecified.Target!.Address.ToString());
        var given = CompiledRule.Compile("app", own.Rule with { Destinations = [new(InterfaceType.Ip) { DstIpAddress = "127.0.5.9" }] }, new ForwardTarget(IPAddress.Parse("127.0.5.5"), []));
        Assert.Equal("127.0.5.9", given.Target!.Address.ToString());
    }

    [Fact]
    public void Every_fault_of_a_rule_is_named_at_its_path()
    {
        var faults = new List<Fault>();
        var rule = new TrafficRule(
            string.Empty,
            FilterType.Flow,
            256,
            [new TrafficFilter { DstAddress = ["nowhere"], SrcPort = ["70000"], Protocol = ["carrier pigeon"], Dscp = 64 }],
            RuleAction.ForwardDecapsulated,
            [new(InterfaceType.Tunnel), new(InterfaceType.Ip) { DstIpAddress = "x" }]);
        TrafficRuleCheck.Check(rule, "trafficRules[3]", faults);
        string[] paths =
        [
            "trafficRules[3].trafficRuleId", "trafficRules[3].priority", "trafficRules[3].trafficFilter[0].dstAddress[0]", "trafficRules[3].trafficFilter[0].srcPort[0]",
            "trafficRules[3].trafficFilter[0].protocol[0]", "trafficRules[3].trafficFilter[0].dSCP", "trafficRules[3].dstInterface",
            "trafficRules[3].dstInterface[0].tunnelInfo", "trafficRules[3].dstInterface[1].dstIpAddress",
        ];
        Assert.Equal(paths.Order(), faults.Select(f => f.Path).Order());
    }

    [Theory]
    [InlineData("ForwardDecapsulated", "Ip", "Enforced", "")]
    [InlineData("Drop", "Tunnel", "Enforced", "")]
    [InlineData("DuplicateDecapsulated", "Ip", "NotEnforced", "action")]
    [InlineData("Passthrough", "Tunnel", "NotEnforced", "TUNNEL")]
    [InlineData("ForwardEncapsulated", "Mac", "NotEnforced", "MAC")]
    public void What_becomes_of_an_action(string action, string destination, string level, string names)
    {
        var rule = new TrafficRule("r", FilterType.Flow, 1, [new TrafficFilter()], Enum.Parse<RuleAction>(action), [new(Enum.Parse<InterfaceType>(destination))]);
        var enforcement = UserspaceEnforcement.Check(rule);
        Assert.Equal(level, enforcement.Level.ToString());
        Assert.Contains(names, enforcement.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_that_cannot_be_seen_are_named_and_the_alternatives_without_them_still_count()
    {
        var tunnel = new TrafficFilter { SrcTunnelAddress = ["10.10.10.10"], Qci = 1 };
        var plain = new TrafficFilter { DstPort = ["80"] };
        var none = UserspaceEnforcement.Check(new TrafficRule("r", FilterType.Flow, 1, [tunnel], RuleAction.Drop, []));
        Assert.Equal(EnforcementLevel.NotEnforced, none.Level);
        Assert.Contains("srcTunnelAddress, qCI", none.Message, StringComparison.Ordinal);
        Assert.Equal(EnforcementLevel.Partial, UserspaceEnforcement.Check(new TrafficRule("r", FilterType.Flow, 1, [tunnel, plain], RuleAction.Drop, [])).Level);
        Assert.Equal(EnforcementLevel.NotEnforced, UserspaceEnforcement.Check(new TrafficRule("r", FilterType.Flow, 1, [new TrafficFilter { Protocol = ["UDP"] }], RuleAction.Drop, [])).Level);
        Assert.Equal(EnforcementLevel.Partial, UserspaceEnforcement.Check(new TrafficRule("r", FilterType.Flow, 1, [new TrafficFilter { Protocol = ["UDP", "TCP"] }], RuleAction.Drop, [])).Level);
        Assert.Equal(EnforcementLevel.Partial, UserspaceEnforcement.Check(new TrafficRule("r", FilterType.Packet, 1, [plain], RuleAction.Drop, [])).Level);
    }

    private static CompiledRule Rule(string instance, string id, int priority, RuleAction action, params TrafficFilter[] filters) =>
        CompiledRule.Compile(instance, new TrafficRule(id, FilterType.Flow, priority, filters, action, []), new ForwardTarget(IPAddress.Parse("127.0.5.5"), []));

    private static Flow Flow(string destination, int port, string source = "127.0.0.1") =>
        new(new(IPAddress.Parse(source), 40000), new(IPAddress.Parse(destination), port), ProtocolNumber.Tcp);
}
