using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Mano.MecPlatform.Traffic;

/// <summary>The data plane that needs no rights: rules decide about the connections of the SOCKS gateway.</summary>
internal sealed class UserspaceDataPlane(FlowRegistry flows) : IDataPlane
{
    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<(string AppInstanceId, string RuleId), RuleCounter> counters = [];
    private readonly ConditionalWeakTable<TrafficRule, StrongBox<Enforcement>> enforcements = [];
    private volatile TrafficTable table = TrafficTable.Empty;

    public string Kind => "userspace";

    public TrafficTable Table => table;

    /// <summary>Asked for each time an instance is shown, and the same for the life of a rule.</summary>
    public Enforcement Check(TrafficRule rule) => enforcements.GetValue(rule, static r => new StrongBox<Enforcement>(UserspaceEnforcement.Check(r))).Value;

    public void Apply(string appInstanceId, ForwardTarget instance, IReadOnlyList<TrafficRule> rules)
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

    public void Begin()
    {
        // What is applied is in effect at once: the gateway listens only after everything was told.
    }

    /// <summary>There is nothing to be compared.</summary>
    public Task Written { get; } = new TaskCompletionSource().Task;

    /// <summary>The gateway matches against the very table that was applied; nobody else can change it.</summary>
    public string? Compare() => null;

    public bool IsActive(string appInstanceId, string ruleId) => table.Contains(appInstanceId, ruleId);

    public IEnumerable<(string AppInstanceId, string RuleId)> Active => table.Rules.Select(r => (r.AppInstanceId, r.Rule.Id));

    public RuleTraffic TrafficOf(string appInstanceId, string ruleId) =>
        counters.TryGetValue((appInstanceId, ruleId), out var counter) ? counter.Read() : default;

    /// <summary>The counter of a rule that just decided about a flow.</summary>
    public RuleCounter CounterOf(CompiledRule rule) =>
        counters.GetOrAdd((rule.AppInstanceId, rule.Rule.Id), static _ => new RuleCounter());

    public IEnumerable<(string AppInstanceId, string RuleId, RuleTraffic Traffic)> Counters =>
        counters.Select(c => (c.Key.AppInstanceId, c.Key.RuleId, c.Value.Read()));
}
