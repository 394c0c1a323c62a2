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
internal readonly record struct Enforcement(EnforcementLevel Level, string Message);

/// <summary>What a rule did so far.</summary>
internal readonly record struct RuleTraffic(long Connections, long Bytes);

/// <summary>
/// What carries users' traffic (Mp2). Holds the active rules only; it keeps nothing over a restart, the platform tells
/// it again. Every method may be repeated.
/// </summary>
internal interface IDataPlane
{
    /// <summary>"userspace".</summary>
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

    bool IsActive(string appInstanceId, string ruleId);

    RuleTraffic TrafficOf(string appInstanceId, string ruleId);
}
