using System.Collections.Concurrent;
using System.Net;

namespace Mano.MecPlatform.Traffic;

/// <summary>The data plane that needs no rights: rules decide about the connections of the SOCKS gateway.</summary>
internal sealed class UserspaceDataPlane(FlowRegistry flows) : IDataPlane
{
    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<(string AppInstanceId, string RuleId), RuleCounter> counters = [];
    private volatile TrafficTable table = TrafficTable.Empty;

    public string Kind => "userspace";

    public TrafficTable Table => table;

    public Enforcement Check(TrafficRule rule) => UserspaceEnforcement.Check(rule);

    public void Apply(string appInstanceId, IPAddress instance, IReadOnlyList<TrafficRule> rules)
    {
        lock (gate)
        {
            // Matching keeps no state of its own, so an unchanged rule compiled anew decides alike: nothing is interrupted.
            table = table.With(appInstanceId, rules.Select(rule => CompiledRule.Compile(appInstanceId, rule, instance)));
        }
    }

    public void CloseFlows(string appInstanceId) => flows.Close(appInstanceId);

    public void Forget(string appInstanceId)
    {
        foreach (var key in counters.Keys.Where(k => k.AppInstanceId == appInstanceId))
        {
            counters.TryRemove(key, out _);
        }
    }

    public bool IsActive(string appInstanceId, string ruleId) =>
        table.Rules.Any(r => r.AppInstanceId == appInstanceId && r.Rule.Id == ruleId);

    public RuleTraffic TrafficOf(string appInstanceId, string ruleId) =>
        counters.TryGetValue((appInstanceId, ruleId), out var counter) ? counter.Read() : default;

    /// <summary>The counter of a rule that just decided about a flow.</summary>
    public RuleCounter CounterOf(CompiledRule rule) =>
        counters.GetOrAdd((rule.AppInstanceId, rule.Rule.Id), static _ => new RuleCounter());

    /// <summary>Every counter, for /metrics.</summary>
    public IEnumerable<(string AppInstanceId, string RuleId, RuleTraffic Traffic)> Counters =>
        counters.Select(c => (c.Key.AppInstanceId, c.Key.RuleId, c.Value.Read()));
}
