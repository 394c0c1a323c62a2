using System.Text;

namespace Mano.MecPlatform.Traffic.Nft;

/// <summary>
/// The permanent part of a table, made once: taking hooks away would unhook connection tracking, and live flows with it.
/// Writing it again changes nothing.
/// </summary>
internal static class NftTable
{
    /// <summary>The chains with a hook, and the one they share.</summary>
    public static readonly IReadOnlyList<string> PermanentChains = ["classify", "steer", "act"];

    /// <summary>The sets that those chains name.</summary>
    public static IEnumerable<(string Name, string Declaration)> PermanentSets(NftFamily family) =>
    [
        ("hits", "type mark; counter"),
        ("packet_numbers", "type mark"),
        ("retroactive", "type mark"),
        ("verdicts", "type mark : verdict"),
        ("target_ports", $"type mark : {family.AddressType} . inet_service"),
        ("targets", $"type mark : {family.AddressType}"),
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

        foreach (var chain in new[] { "rules", "packet_rules", "packets", "gate", "flows", "act" })
        {
            text.AppendLine($"add chain {table} {chain}");
        }

        text.AppendLine($"add chain {table} classify {{ type filter hook prerouting priority mangle; policy accept; }}");
        text.AppendLine($"add chain {table} steer {{ type nat hook prerouting priority dstnat; policy accept; }}");
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
        ("classify", "jump packets"),
        ("classify", "meta mark @packet_numbers goto act"),
        ("classify", "ct direction original jump gate"),
        ("classify", $"meta mark set ct mark and {Marks.NumberMask}"),
        ("classify", "goto act"),
        ("act", "meta mark @hits"),
        ("act", "meta mark vmap @verdicts"),
        ("steer", $"meta l4proto tcp dnat {family.Name} to meta mark map @target_ports"),
        ("steer", "dnat to meta mark map @targets"),
    ];

    /// <summary>"map" or "set".</summary>
    public static string Kind(string declaration) => declaration.Split(';')[0].Contains(':', StringComparison.Ordinal) ? "map" : "set";
}
