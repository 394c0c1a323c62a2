using Mano.MecPlatform.Dns;
using Mano.MecPlatform.Traffic;

namespace Mano.MecPlatform.AppSupport;

/// <summary>Compares what acts for instances, in the DNS table and in the data plane, with what shall act.</summary>
internal sealed class EffectCheck(DnsTable dns, IDataPlane plane)
{
    /// <summary>The rules that act in the data plane, by instance, at this moment.</summary>
    public ILookup<string, string> ActingTrafficRules() => plane.Active.ToLookup(a => a.AppInstanceId, a => a.RuleId, StringComparer.Ordinal);

    /// <summary>Instances for which a name acts.</summary>
    public IReadOnlyCollection<string> ActingNames() => dns.Owners;

    /// <summary>What differs for an instance, in one sentence; null: nothing.</summary>
    /// <param name="appInstanceId">Which.</param>
    /// <param name="entries">The names that shall act.</param>
    /// <param name="trafficRules">Ids of the traffic rules that shall act.</param>
    /// <param name="acting">Ids of those that do.</param>
    public string? Difference(string appInstanceId, IReadOnlyList<DnsEntry> entries, IReadOnlyCollection<string> trafficRules, IEnumerable<string> acting)
    {
        var there = acting.ToHashSet(StringComparer.Ordinal);
        string[] missing = [.. trafficRules.Where(r => !there.Contains(r))];
        string[] surplus = [.. there.Where(r => !trafficRules.Contains(r))];
        return missing.Length > 0 ? $"traffic rule(s) {string.Join(", ", missing)} did not act"
            : surplus.Length > 0 ? $"traffic rule(s) {string.Join(", ", surplus)} acted that must not"
            : !dns.Holds(appInstanceId, entries) ? "other names were answered than its rules say"
            : null;
    }
}
