using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mano.MecPlatform.Traffic.GtpU;

namespace Mano.MecPlatform.Traffic.Nft;

/// <summary>
/// Rules to tables. A flow is looked up once a generation of the rules and carries the deciding rule's number as its
/// mark; what becomes of a number is in maps. Pure.
/// </summary>
internal static class NftCompiler
{
    /// <param name="rules">Every active rule, in order of precedence.</param>
    /// <param name="generation">Another than that of the rules before: every flow is looked at once more.</param>
    /// <param name="family">Whose table.</param>
    public static NftPlan Compile(IReadOnlyList<NumberedRule> rules, int generation, NftFamily family)
    {
        var builder = new NftPlanBuilder(family);
        builder.Lookup("rules", RuleBlocks.Of(rules.Where(r => r.Rule.FilterType == FilterType.Flow), family));
        AddPacketRules(builder, rules, family);
        AddGeneration(builder, generation);
        AddOuter(builder, rules, family);
        foreach (var rule in rules)
        {
            AddFate(builder, rule, family);
        }

        return builder.Build();
    }

    /// <summary>Where FORWARD leads in this family; null if nowhere.</summary>
    public static IPAddress? TargetOf(NumberedRule rule, NftFamily family)
    {
        var given = rule.Rule.Destinations.Count > 0 ? AddressOf(rule.Rule.Destinations[0]) : null;
        var target = given ?? rule.Instance.Address;
        return target.AddressFamily == family.Addresses ? target : null;
    }

    /// <summary>The address that a destination gives; null for none or the unspecified one.</summary>
    public static IPAddress? AddressOf(RuleDestination destination) =>
        IPAddress.TryParse(destination.DstIpAddress, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? address : null;

    /// <summary>
    /// As far down as the last rule that decides packet by packet, each packet is matched against every rule: only so is it known
    /// whether that rule, or a flow's rule above it, decides.
    /// </summary>
    private static void AddPacketRules(NftPlanBuilder builder, IReadOnlyList<NumberedRule> rules, NftFamily family)
    {
        var last = rules.Count - 1;
        while (last >= 0 && rules[last].Rule.FilterType == FilterType.Flow)
        {
            last--;
        }

        builder.Lookup("packet_rules", RuleBlocks.Of(rules.Take(last + 1), family));
        builder.Chain("packets", last < 0 ? [] : ["meta mark set 0", "jump packet_rules"]);
        foreach (var rule in rules.Where(r => r.Rule.FilterType == FilterType.Packet))
        {
            builder.Element("packet_numbers", rule.Number);
        }
    }

    /// <summary>A new flow takes the rule found; one that exists keeps its own, unless the rule found drops or duplicates it.</summary>
    private static void AddGeneration(NftPlanBuilder builder, int generation)
    {
        var now = Marks.Generation(generation);
        builder.Chain("gate", [$"ct mark and {Marks.GenerationMask} != {now} jump flows"]);
        builder.Chain("flows",
        [
            "meta mark set 0",
            "jump rules",
            $"ct state new ct mark set meta mark or {now} return",
            $"meta mark @retroactive ct mark set meta mark or {now} return",
            $"ct mark set ct mark and {Marks.NumberMask} or {now}",
        ]);
    }

    private static void AddFate(NftPlanBuilder builder, NumberedRule rule, NftFamily family)
    {
        builder.Element("hits", rule.Number);
        switch (rule.Rule.Action)
        {
            case RuleAction.Drop:
                builder.Element("retroactive", rule.Number);
                builder.Element("verdicts", rule.Number, "drop");
                break;
            case RuleAction.DuplicateDecapsulated or RuleAction.DuplicateEncapsulated:
                AddCopies(builder, rule, family);
                break;
            case RuleAction.ForwardEncapsulated when rule.Tunnel is { } tunnel:
                builder.Element("encapsulate", rule.Number, tunnel.Mark.ToString(CultureInfo.InvariantCulture));
                builder.Element("answers", Way(tunnel, rule));
                break;
            case RuleAction.ForwardDecapsulated when rule.Tunnel is { } tunnel && TargetOf(rule, family) is { } target:
                builder.Element("decapsulate", rule.Number, tunnel.Mark.ToString(CultureInfo.InvariantCulture));
                builder.Element("arrivals", Way(tunnel, rule));
                AddTarget(builder, rule, target);
                break;
            case RuleAction.ForwardDecapsulated or RuleAction.ForwardEncapsulated when TargetOf(rule, family) is { } target:
                AddTarget(builder, rule, target);
                break;
            default:
                break; // PASSTHROUGH: nothing becomes of it
        }
    }

    /// <summary>A tunnel's device with a rule's number.</summary>
    private static string Way(NumberedTunnel tunnel, NumberedRule rule) => $"{tunnel.Device} . {rule.Number.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>What peers send to the gateway's ends of tunnels is no user's traffic, whatever the rules say of its addresses.</summary>
    private static void AddOuter(NftPlanBuilder builder, IReadOnlyList<NumberedRule> rules, NftFamily family)
    {
        string[] ends = [.. rules.Select(r => r.Tunnel?.Tunnel.Local).OfType<IPAddress>().Where(a => a.AddressFamily == family.Addresses).Select(a => a.ToString()).Distinct().Order(StringComparer.Ordinal)];
        builder.Chain("outer", ends.Length == 0 ? [] : [$"meta l4proto udp th dport {GtpTunnel.Port} {family.Name} daddr {{ {string.Join(", ", ends)} }} accept"]);
    }

    private static void AddCopies(NftPlanBuilder builder, NumberedRule rule, NftFamily family)
    {
        string[] copies = [.. rule.Rule.Destinations.Select(AddressOf).OfType<IPAddress>().DefaultIfEmpty(rule.Instance.Address)
            .Where(a => a.AddressFamily == family.Addresses).Select(a => $"dup to {a}")];
        if (copies.Length > 0)
        {
            var chain = "dup_" + rule.Number.ToString(CultureInfo.InvariantCulture);
            builder.Chain(chain, [.. copies]);
            builder.Element("retroactive", rule.Number);
            builder.Element("verdicts", rule.Number, "jump " + chain);
        }
    }

    /// <summary>The port that was asked for is kept, unless the instance itself is meant and serves one port only.</summary>
    private static void AddTarget(NftPlanBuilder builder, NumberedRule rule, IPAddress target)
    {
        if (target.Equals(rule.Instance.Address) && rule.Instance.TcpPorts is [var only])
        {
            builder.Element("target_ports", rule.Number, $"{target} . {only.ToString(CultureInfo.InvariantCulture)}");
        }

        builder.Element("targets", rule.Number, $"{target}");
        builder.Element("themselves", $"{rule.Number.ToString(CultureInfo.InvariantCulture)} . {target}");
    }
}
