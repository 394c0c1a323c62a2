using Mano.MecPlatform.Traffic;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.AppSupport;

/// <summary>Finds every fault of a configuration at once. Pure.</summary>
internal static class ConfigurationCheck
{
    public const int MaxRules = 10_000;

    public static IReadOnlyList<Fault> Check(PlatformConfiguration configuration)
    {
        var faults = new List<Fault>();
        if (configuration.ReadinessPort is < 0 or > 65535)
        {
            faults.Add(new("readinessPort", $"is {configuration.ReadinessPort}; 1 to 65535 are allowed, 0 for no probe."));
        }

        if (configuration.TrafficRules.Count + configuration.DnsRules.Count > MaxRules)
        {
            faults.Add(new("trafficRules", $"and dnsRules are {configuration.TrafficRules.Count + configuration.DnsRules.Count} together; at most {MaxRules} are held for an instance."));
            return faults;
        }

        for (var i = 0; i < configuration.TrafficRules.Count; i++)
        {
            TrafficRuleCheck.Check(configuration.TrafficRules[i], $"trafficRules[{i}]", faults);
        }

        for (var i = 0; i < configuration.DnsRules.Count; i++)
        {
            configuration.DnsRules[i].Check($"dnsRules[{i}]", faults);
        }

        AddRepeated("trafficRules", configuration.TrafficRules.Select(r => r.Id), faults);
        AddRepeated("dnsRules", configuration.DnsRules.Select(r => r.Id), faults);
        return faults;
    }

    /// <summary>Throws with every fault.</summary>
    public static void Require(string appInstanceId, PlatformConfiguration configuration)
    {
        if (Check(configuration) is { Count: > 0 } faults)
        {
            throw Failure.InvalidInput(
                "BAD_CONFIGURATION",
                $"The configuration of {appInstanceId} has {faults.Count} fault(s); the first: {faults[0]}",
                $"app-instance/{appInstanceId}",
                faults).ToException();
        }
    }

    /// <summary>Throws if the data plane refuses a rule; with strict rules also if it would not apply all of one.</summary>
    public static void RequireEnforceable(string appInstanceId, PlatformConfiguration configuration, IDataPlane plane, bool isStrict)
    {
        foreach (var rule in configuration.TrafficRules)
        {
            if (plane.Check(rule) is { Level: not EnforcementLevel.Enforced } lacking && (isStrict || lacking.IsRefused))
            {
                throw new Failure(
                    FailureKind.IllegalState,
                    "RULE_NOT_ENFORCEABLE",
                    $"Traffic rule {rule.Id} of {appInstanceId} cannot be enforced by the {plane.Kind} data plane: {lacking.Message}{(lacking.IsRefused ? "" : " This platform has strict rules; without them the rule is kept and shown as not enforced.")}",
                    $"traffic-rule/{rule.Id}").ToException();
            }
        }
    }

    private static void AddRepeated(string path, IEnumerable<string> ids, List<Fault> faults) =>
        faults.AddRange(ids.GroupBy(id => id).Where(g => g.Count() > 1).Select(g => new Fault(path, $"name '{g.Key}' {g.Count()} times; an id is unique within the instance.")));
}
