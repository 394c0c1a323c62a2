using System.Collections.Immutable;

namespace Mano.MecPlatform.Traffic;

/// <summary>The rules in effect, highest priority first; replaced whole, so that a flow is matched against one moment.</summary>
internal sealed class TrafficTable
{
    public static readonly TrafficTable Empty = new([], ImmutableDictionary.Create<string, ImmutableArray<CompiledRule>>(StringComparer.Ordinal));

    private readonly ImmutableDictionary<string, ImmutableArray<CompiledRule>> owned;

    private TrafficTable(ImmutableArray<CompiledRule> rules, ImmutableDictionary<string, ImmutableArray<CompiledRule>> owned) =>
        (Rules, this.owned) = (rules, owned);

    public ImmutableArray<CompiledRule> Rules { get; }

    public bool Contains(string appInstanceId, string ruleId) =>
        owned.TryGetValue(appInstanceId, out var rules) && rules.Any(r => r.Rule.Id == ruleId);

    /// <summary>The rule that decides about the flow, or null.</summary>
    public CompiledRule? Match(in Flow flow)
    {
        foreach (var rule in Rules)
        {
            if (rule.Matches(flow))
            {
                return rule;
            }
        }

        return null;
    }

    /// <summary>The table with exactly these rules for the instance. The others keep their order, so they are copied and not sorted again.</summary>
    public TrafficTable With(string appInstanceId, IEnumerable<CompiledRule> rules)
    {
        var before = owned.GetValueOrDefault(appInstanceId, []);
        ImmutableArray<CompiledRule> after = [.. rules];
        if (before.IsEmpty && after.IsEmpty)
        {
            return this;
        }

        var next = new List<CompiledRule>(Rules.Length + after.Length);
        next.AddRange(Rules);
        foreach (var rule in before)
        {
            next.RemoveAt(next.BinarySearch(rule));
        }

        foreach (var rule in after)
        {
            var at = next.BinarySearch(rule);
            next.Insert(at < 0 ? ~at : at, rule);
        }

        return new([.. next], after.IsEmpty ? owned.Remove(appInstanceId) : owned.SetItem(appInstanceId, after));
    }
}
