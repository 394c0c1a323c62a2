using System.Collections.Immutable;
using System.Globalization;

namespace Mano.MecPlatform.Traffic.Nft;

/// <summary>Gathers sets and chains. The permanent sets are always there, for the permanent chains name them.</summary>
internal sealed class NftPlanBuilder
{
    private readonly NftFamily family;
    private readonly Dictionary<string, (string Declaration, Dictionary<string, string> Elements)> sets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<string>> chains = new(StringComparer.Ordinal);

    public NftPlanBuilder(NftFamily family)
    {
        this.family = family;
        foreach (var (name, declaration) in NftTable.PermanentSets(family))
        {
            Set(name, declaration);
        }
    }

    public void Chain(string name, ImmutableArray<string> rules) => chains.Add(name, rules);

    public void Element(string set, int number, string value = "") => Element(set, Text(number), value);

    public void Element(string set, string key, string value = "") => sets[set].Elements[key] = value;

    /// <summary>The chain that sets the packet's mark to the number of the rule that decides, or leaves it.</summary>
    public void Lookup(string chain, ImmutableArray<RuleBlock> blocks)
    {
        var rules = ImmutableArray.CreateBuilder<string>();
        for (var i = 0; i < blocks.Length; i++)
        {
            rules.AddRange(Ask($"{chain}_{Text(i)}", blocks[i]));
        }

        Chain(chain, rules.ToImmutable());
    }

    public NftPlan Build() => new(
        sets.ToImmutableSortedDictionary(s => s.Key, s => new NftSet(s.Value.Declaration, s.Value.Elements), StringComparer.Ordinal),
        chains.ToImmutableSortedDictionary(StringComparer.Ordinal));

    private IEnumerable<string> Ask(string name, RuleBlock block) => block switch
    {
        ExactBlock { Whole: true } exact => Map(name, $"type {family.AddressType} : mark", $"{family.Name} daddr", exact.Numbers.Select(e => (Address(e.Key), e.Value))),
        ExactBlock exact => Map(name, Keyed(": mark"), Key, exact.Numbers.Select(e => (KeyOf(e.Key), e.Value))),
        IntervalBlock intervals => Map(name, Keyed(": mark; flags interval"), Key, intervals.Entries.Select(e => (KeyOf(e.Box), e.Number))),
        LinearBlock linear => linear.Entries.Select(e => $"{e.Match.ToText(family)}meta mark set {Text(e.Number)} return"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private string Key => $"{family.Name} daddr . meta l4proto . th dport";

    private string Keyed(string rest) => $"type {family.AddressType} . inet_proto . inet_service {rest}";

    private IEnumerable<string> Map(string name, string declaration, string key, IEnumerable<(string Key, int Number)> entries)
    {
        Set(name, declaration);
        foreach (var (entry, number) in entries)
        {
            sets[name].Elements[entry] = Text(number);
        }

        return [$"meta mark set {key} map @{name} return"];
    }

    private string Address(Box box) => RuleMatch.Range(box.FirstAddress, box.LastAddress, family);

    private string KeyOf(Box box) => $"{Address(box)} . {Text(box.Protocol)} . {RuleMatch.Range(new(box.FirstPort, box.LastPort))}";

    private void Set(string name, string declaration) =>
        sets.Add(name, (declaration, new Dictionary<string, string>(StringComparer.Ordinal)));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
