using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Mano.MecPlatform.Traffic.Nft;

/// <summary>The text that turns what a table holds into what it shall hold, in one transaction. Pure.</summary>
internal sealed class NftTransaction
{
    private const int ElementsALine = 1000;
    private readonly string table;
    private readonly StringBuilder text = new();
    private readonly HashSet<string> emptied = new(StringComparer.Ordinal);

    private NftTransaction(NftFamily family) => table = $"{family.Name} {NftFamily.Table}";

    /// <summary>Only the differences; empty if there are none.</summary>
    public static string Change(NftPlan from, NftPlan to, NftFamily family)
    {
        var transaction = new NftTransaction(family);
        transaction.AddNames(from.Sets, to.Sets, from.Chains.Keys, to.Chains.Keys);
        foreach (var (name, set) in to.Sets)
        {
            transaction.ChangeElements(name, IsNew(from, name, set) ? NoElements : from.Sets[name].Elements, set.Elements);
        }

        transaction.ChangeChains(from.Chains, to.Chains);
        transaction.RemoveNames(from, to);
        return transaction.text.ToString();
    }

    /// <summary>Everything anew, whatever is there.</summary>
    /// <param name="found">The sets and chains that the table has.</param>
    /// <param name="to">What it shall have.</param>
    /// <param name="family">Whose table.</param>
    public static string Replace(NftPlan found, NftPlan to, NftFamily family)
    {
        var transaction = new NftTransaction(family);
        transaction.text.Append(NftTable.Text(family));
        var permanent = NftTable.PermanentSets(family).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);

        // What lookups name goes only after the rules that name it.
        foreach (var chain in found.Chains.Keys.Where(c => !NftTable.PermanentChains.Contains(c)))
        {
            transaction.Line($"flush chain {transaction.table} {chain}");
        }

        foreach (var set in found.Sets.Keys)
        {
            transaction.Line($"{(permanent.Contains(set) ? "flush" : "delete")} {Kind(found, to, set)} {transaction.table} {set}");
        }

        foreach (var chain in found.Chains.Keys.Where(c => !to.Chains.ContainsKey(c) && !NftTable.PermanentChains.Contains(c)))
        {
            transaction.Line($"delete chain {transaction.table} {chain}");
        }

        var bare = NftPlan.Empty with { Sets = to.Sets.Where(s => permanent.Contains(s.Key)).ToImmutableSortedDictionary(s => s.Key, s => s.Value with { Elements = NoElements }, StringComparer.Ordinal) };
        transaction.text.Append(Change(bare, to, family));
        return transaction.text.ToString();
    }

    private static readonly Dictionary<string, string> NoElements = [];

    private static string Kind(NftPlan found, NftPlan to, string set) => NftTable.Kind((to.Sets.GetValueOrDefault(set) ?? found.Sets[set]).Declaration);

    private static bool IsNew(NftPlan from, string name, NftSet set) => from.Sets.GetValueOrDefault(name)?.Declaration != set.Declaration;

    private void AddNames(ImmutableSortedDictionary<string, NftSet> from, ImmutableSortedDictionary<string, NftSet> to, IEnumerable<string> fromChains, IEnumerable<string> toChains)
    {
        foreach (var (name, set) in to)
        {
            var before = from.GetValueOrDefault(name);
            if (before is not null && before.Declaration != set.Declaration)
            {
                // Another kind of block took this place: the chain that asks it is written anew in any case.
                Line($"flush chain {table} {ChainOf(name)}");
                emptied.Add(ChainOf(name));
                Line($"delete {NftTable.Kind(before.Declaration)} {table} {name}");
            }

            if (before?.Declaration != set.Declaration)
            {
                Line($"add {NftTable.Kind(set.Declaration)} {table} {name} {{ {set.Declaration}; }}");
            }
        }

        foreach (var chain in toChains.Except(fromChains, StringComparer.Ordinal))
        {
            Line($"add chain {table} {chain}");
        }
    }

    /// <summary>"rules_3" is asked by "rules".</summary>
    private static string ChainOf(string set) => set[..set.LastIndexOf('_')];

    private void ChangeElements(string set, IReadOnlyDictionary<string, string> from, IReadOnlyDictionary<string, string> to)
    {
        Elements("delete", set, from.Where(e => to.GetValueOrDefault(e.Key) != e.Value).Select(e => e.Key));
        Elements("add", set, to.Where(e => from.GetValueOrDefault(e.Key) != e.Value).Select(e => e.Value.Length == 0 ? e.Key : $"{e.Key} : {e.Value}"));
    }

    private void Elements(string verb, string set, IEnumerable<string> elements)
    {
        foreach (var some in elements.Chunk(ElementsALine))
        {
            Line($"{verb} element {table} {set} {{ {string.Join(", ", some)} }}");
        }
    }

    private void ChangeChains(ImmutableSortedDictionary<string, ImmutableArray<string>> from, ImmutableSortedDictionary<string, ImmutableArray<string>> to)
    {
        foreach (var (chain, rules) in to)
        {
            var before = from.GetValueOrDefault(chain, []);
            if (!before.AsSpan().SequenceEqual(rules.AsSpan()) || emptied.Contains(chain))
            {
                Line($"flush chain {table} {chain}");
                foreach (var rule in rules)
                {
                    Line($"add rule {table} {chain} {rule} comment \"{NftPlan.CommentOf(rule)}\"");
                }
            }
        }
    }

    private void RemoveNames(NftPlan from, NftPlan to)
    {
        foreach (var (name, set) in from.Sets.Where(s => !to.Sets.ContainsKey(s.Key)))
        {
            Line($"delete {NftTable.Kind(set.Declaration)} {table} {name}");
        }

        foreach (var chain in from.Chains.Keys.Where(c => !to.Chains.ContainsKey(c)))
        {
            Line($"flush chain {table} {chain}");
            Line($"delete chain {table} {chain}");
        }
    }

    private void Line(string line) => text.Append(CultureInfo.InvariantCulture, $"{line}\n");
}
