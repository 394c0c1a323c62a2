using System.Diagnostics;
using System.Net;

namespace Mano.MecPlatform.Traffic;

/// <summary>What becomes of a flow.</summary>
internal enum Verdict
{
    /// <summary>To <see cref="CompiledRule.Target"/>.</summary>
    Forward,

    /// <summary>To where it wanted.</summary>
    Passthrough,

    /// <summary>Nowhere.</summary>
    Drop,
}

/// <summary>An active rule of one instance, ready to be matched.</summary>
/// <param name="AppInstanceId">Whose rule.</param>
/// <param name="Rule">As configured.</param>
/// <param name="Filters">Its alternatives.</param>
/// <param name="Verdict">What to do.</param>
/// <param name="Target">With <see cref="Verdict.Forward"/>: where to.</param>
internal sealed record CompiledRule(
    string AppInstanceId, TrafficRule Rule, IReadOnlyList<CompiledFilter> Filters, Verdict Verdict, ForwardTarget? Target) : IComparable<CompiledRule>
{
    /// <summary>Compiles a rule that was checked at configuration time.</summary>
    public static CompiledRule Compile(string appInstanceId, TrafficRule rule, ForwardTarget instance)
    {
        var filters = rule.Filters.Select(f => CompiledFilter.Compile(f, rule.Id, [])).ToArray();
        var verdict = rule.Action switch
        {
            RuleAction.Drop => Verdict.Drop,
            RuleAction.Passthrough => Verdict.Passthrough,
            RuleAction.ForwardDecapsulated or RuleAction.ForwardEncapsulated => Verdict.Forward,
            var other => throw new UnreachableException($"{other} is not enforced by this data plane and must not be applied."),
        };
        return new(appInstanceId, rule, filters, verdict, verdict == Verdict.Forward ? TargetOf(rule, instance) : null);
    }

    public bool Matches(in Flow flow)
    {
        foreach (var filter in Filters)
        {
            if (filter.Matches(flow))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Highest priority first; between equals the lower instance id, then rule id, so that the order never depends on history.</summary>
    public int CompareTo(CompiledRule? other) =>
        other is null ? -1
        : Rule.Priority != other.Rule.Priority ? Rule.Priority.CompareTo(other.Rule.Priority)
        : AppInstanceId != other.AppInstanceId ? string.CompareOrdinal(AppInstanceId, other.AppInstanceId)
        : string.CompareOrdinal(Rule.Id, other.Rule.Id);

    private static ForwardTarget TargetOf(TrafficRule rule, ForwardTarget instance) =>
        rule.Destinations.Count > 0 && IPAddress.TryParse(rule.Destinations[0].DstIpAddress, out var given) && !IsUnspecified(given) ? new(given, []) : instance;

    private static bool IsUnspecified(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
