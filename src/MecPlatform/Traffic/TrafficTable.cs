using System.Collections.Immutable;

namespace Mano.MecPlatform.Traffic;

/// <summary>The rules in effect, highest priority first; replaced whole, so that a flow is matched against one moment.</summary>
internal sealed class TrafficTable
{
    public static readonly TrafficTable Empty = new([]);

    private readonly HashSet<(string AppInstanceId, string RuleId)> ids;

    private TrafficTable(ImmutableArray<CompiledRule> rules)
    {
        Rules = rules;
        ids = [.. rules.Select(r => (r.AppInstanceId, r.Rule.Id))];
    }

    public ImmutableArray<CompiledRule> Rules { get; }

    public bool Contains(string appInstanceId, string ruleId) => ids.Contains((appInstanceId, ruleId));

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

    /// <summary>The table with exactly these rules for the instance.</summary>
    public TrafficTable With(string appInstanceId, IEnumerable<CompiledRule> rules) =>
        new([.. Rules.Where(r => r.AppInstanceId != appInstanceId).Concat(rules).Order()]);
}
