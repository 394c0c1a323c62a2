using System.Text;
using Mano.MecPlatform.Traffic.GtpU;

namespace Mano.MecPlatform.Traffic.Nft;

/// <summary>
/// The permanent part of a table, made once: taking hooks away would unhook connection tracking, and live flows with it.
/// Writing it again changes nothing.
/// </summary>
internal static class NftTable
{
    /// <summary>Marks the first packet of a flow that leaves by the interface it came from; no rule's number reaches this bit.</summary>
    private const string TurnsBack = "0x10000000";

    /// <summary>The chains with a hook, and those that they share.</summary>
    public static readonly IReadOnlyList<string> PermanentChains = [.. Hooked.Select(h => h.Chain), "act", "tunnelled"];

    private static IEnumerable<(string Chain, string Hook)> Hooked =>
    [
        ("classify", "type filter hook prerouting priority mangle"),
        ("steer", "type nat hook prerouting priority dstnat"),
        ("hairpin", "type filter hook forward priority mangle"),
        ("answer_here", "type nat hook postrouting priority srcnat"),
        ("own", "type filter hook output priority filter"),
    ];

    /// <summary>The sets that those chains name.</summary>
    public static IEnumerable<(string Name, string Declaration)> PermanentSets(NftFamily family) =>
    [
        ("hits", "type mark; counter"),
        ("packet_numbers", "type mark"),
        ("retroactive", "type mark"),
        ("verdicts", "type mark : verdict"),
        ("target_ports", $"type mark : {family.AddressType} . inet_service"),
        ("targets", $"type mark : {family.AddressType}"),
        ("themselves", $"type mark . {family.AddressType}"),
        ("encapsulate", "type mark : mark"),
        ("decapsulate", "type mark : mark"),
        ("arrivals", "type ifname . mark"),
        ("answers", "type ifname . mark"),
    ];

    /// <summary>Makes it, or finds it made.</summary>
    public static string Text(NftFamily family)
    {
        var table = $"{family.Name} {NftFamily.Table}";
        var text = new StringBuilder();
        text.AppendLine($"add table {table}");
        foreach (var (name, declaration) in PermanentSets(family))
        {
            text.AppendLine($"add {Kind(declaration)} {table} {name} {{ {declaration}; }}");
        }

        foreach (var chain in new[] { "rules", "packet_rules", "packets", "gate", "flows", "outer", "tunnelled", "act" })
        {
            text.AppendLine($"add chain {table} {chain}");
        }

        foreach (var (chain, hook) in Hooked)
        {
            text.AppendLine($"add chain {table} {chain} {{ {hook}; policy accept; }}");
        }

        // Within one transaction: a packet meets the chains as they were, or as they are.
        foreach (var chain in PermanentChains)
        {
            text.AppendLine($"flush chain {table} {chain}");
        }

        foreach (var (chain, rule) in Rules(family))
        {
            text.AppendLine($"add rule {table} {chain} {rule} comment \"{NftPlan.CommentOf(rule)}\"");
        }

        return text.ToString();
    }

    /// <summary>The rules of the permanent chains.</summary>
    public static IEnumerable<(string Chain, string Rule)> Rules(NftFamily family) =>
    [
        ("classify", "jump outer"),
        ("classify", "jump packets"),
        ("classify", "meta mark @packet_numbers goto act"),
        ("classify", "ct direction original jump gate"),
        ("classify", $"meta mark set ct mark and {Marks.NumberMask}"),
        ("classify", "goto act"),
        ("act", $"iifname \"{NumberedTunnel.DevicePrefix}*\" jump tunnelled"),
        ("act", "meta mark @hits"),
        ("act", "meta mark vmap @verdicts"),
        ("act", "ct direction original meta mark set meta mark map @encapsulate"),
        ("act", "ct direction reply meta mark set meta mark map @decapsulate"),

        // Out of a tunnel comes only what a rule of that very tunnel lets in, and what answers a flow that such a rule sent into it.
        ("tunnelled", "ct direction original iifname . meta mark @arrivals return"),
        ("tunnelled", "ct direction reply iifname . meta mark @answers return"),
        ("tunnelled", "drop"),
        // Who stands for an address and asks it means who was there before: to be led back to itself it would ask for ever.
        ("steer", $"meta mark . {family.Name} saddr @themselves accept"),
        ("steer", $"meta l4proto tcp dnat {family.Name} to meta mark map @target_ports"),
        ("steer", "dnat to meta mark map @targets"),

        // Device and instance on one side: the instance would answer the device past the gateway, from an address that it did not ask.
        ("hairpin", $"ct state new ct status dnat fib daddr . iif oif exists meta mark set meta mark or {TurnsBack}"),
        ("answer_here", $"meta mark and {TurnsBack} != 0 masquerade"),

        // And a device that is told of a shorter way would take it past the rules.
        ("own", family == NftFamily.V4 ? "icmp type redirect drop" : "icmpv6 type nd-redirect drop"),
    ];

    /// <summary>"map" or "set".</summary>
    public static string Kind(string declaration) => declaration.Split(';')[0].Contains(':', StringComparison.Ordinal) ? "map" : "set";
}
