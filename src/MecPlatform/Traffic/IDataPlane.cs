namespace Mano.MecPlatform.Traffic;

/// <summary>How much of a rule a data plane applies.</summary>
internal enum EnforcementLevel
{
    Enforced,
    Partial,
    NotEnforced,
}

/// <summary>How much, and what not.</summary>
/// <param name="Level">How much.</param>
/// <param name="Message">One sentence naming each field that is not applied; empty with Enforced.</param>
/// <param name="IsRefused">With NotEnforced: what the rule asks for can never be here, so it is refused also where other rules are kept inactive.</param>
internal readonly record struct Enforcement(EnforcementLevel Level, string Message, bool IsRefused = false)
{
    /// <summary>Nothing of a rule is enforced if its action cannot be, or none of its alternatives can match; a part, if something of it is lost.</summary>
    public static Enforcement Of(TrafficRule rule, string? whyNotTheAction, Func<TrafficFilter, int, string?> whyNotTheFilter, IEnumerable<string> partsNotCarried)
    {
        if (whyNotTheAction is not null)
        {
            return new(EnforcementLevel.NotEnforced, whyNotTheAction);
        }

        string[] lost = [.. rule.Filters.Select(whyNotTheFilter).OfType<string>()];
        if (lost.Length == rule.Filters.Count)
        {
            return new(EnforcementLevel.NotEnforced, string.Join("; ", lost.Distinct()) + ".");
        }

        string[] parts = [.. lost, .. partsNotCarried];
        return parts.Length == 0 ? new(EnforcementLevel.Enforced, string.Empty) : new(EnforcementLevel.Partial, string.Join("; ", parts.Distinct()) + ".");
    }
}

/// <summary>What a rule did so far.</summary>
internal readonly record struct RuleTraffic(long Connections, long Bytes);

/// <summary>
/// What carries users' traffic (Mp2). Holds the active rules only; after a restart the platform tells it again and says
/// when it has told all. Every method may be repeated. One that is in a kernel throws Unavailable when that cannot be written.
/// </summary>
internal interface IDataPlane
{
    /// <summary>"userspace" or "nft".</summary>
    string Kind { get; }

    /// <summary>Says at configuration time what would become of a rule.</summary>
    Enforcement Check(TrafficRule rule);

    /// <summary>Makes exactly these rules the instance's active ones. What is unchanged is not touched; flows that exist stay.</summary>
    /// <param name="appInstanceId">Whose rules.</param>
    /// <param name="instance">Where FORWARD without a destination leads.</param>
    /// <param name="rules">Rules whose <see cref="Check"/> is not NotEnforced; empty to withdraw all.</param>
    void Apply(string appInstanceId, ForwardTarget instance, IReadOnlyList<TrafficRule> rules);

    /// <summary>Closes the flows that the instance's rules let through: it is out of service.</summary>
    void CloseFlows(string appInstanceId);

    /// <summary>Forgets the instance's counters.</summary>
    void Forget(string appInstanceId);

    /// <summary>Every instance of before a restart was told: from here on what is applied is in effect at once.</summary>
    void Begin();

    /// <summary>Completes when something was written that <see cref="Compare"/> has not looked at; each Compare begins a new one.</summary>
    Task Written { get; }

    /// <summary>Compares what is in effect with what was applied, mends what differs, and says it in one sentence; null if nothing did.</summary>
    string? Compare();

    bool IsActive(string appInstanceId, string ruleId);

    /// <summary>Every rule in effect.</summary>
    IEnumerable<(string AppInstanceId, string RuleId)> Active { get; }

    RuleTraffic TrafficOf(string appInstanceId, string ruleId);

    /// <summary>What every rule did, for /metrics.</summary>
    IEnumerable<(string AppInstanceId, string RuleId, RuleTraffic Traffic)> Counters { get; }
}
