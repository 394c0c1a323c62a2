using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Traffic;

/// <summary>Finds every fault of a rule, each at its path. Pure.</summary>
internal static class TrafficRuleCheck
{
    private const int MaxId = 255;
    private const int MaxPriority = 255;

    public static void Check(TrafficRule rule, string path, List<Fault> faults)
    {
        if (rule.Id.Length is 0 or > MaxId)
        {
            faults.Add(new($"{path}.trafficRuleId", $"has {rule.Id.Length} characters; 1 to {MaxId} are allowed."));
        }

        if (rule.Priority is < 0 or > MaxPriority)
        {
            faults.Add(new($"{path}.priority", $"is {rule.Priority}; 0 (highest) to {MaxPriority} are allowed."));
        }

        if (rule.Filters.Count == 0)
        {
            faults.Add(new($"{path}.trafficFilter", "is empty; a rule needs at least one filter (an empty filter matches everything)."));
        }

        for (var i = 0; i < rule.Filters.Count; i++)
        {
            CompiledFilter.Compile(rule.Filters[i], $"{path}.trafficFilter[{i}]", faults);
            CheckMarks(rule.Filters[i], $"{path}.trafficFilter[{i}]", faults);
        }

        CheckDestinations(rule, path, faults);
    }

    private static void CheckMarks(TrafficFilter filter, string path, List<Fault> faults)
    {
        if (filter.Dscp is < 0 or > 63)
        {
            faults.Add(new($"{path}.dSCP", $"is {filter.Dscp}; 0 to 63 are allowed."));
        }

        if (filter.TrafficClass is < 0 or > 255)
        {
            faults.Add(new($"{path}.tC", $"is {filter.TrafficClass}; 0 to 255 are allowed."));
        }
    }

    /// <summary>DROP sends nothing anywhere, so what it names is not looked at: MEC 037's own example (annex A) gives one.</summary>
    private static void CheckDestinations(TrafficRule rule, string path, List<Fault> faults)
    {
        if (rule.Action == RuleAction.Drop)
        {
            return;
        }

        var duplicates = rule.Action is RuleAction.DuplicateDecapsulated or RuleAction.DuplicateEncapsulated;
        var most = duplicates ? 2 : 1;
        if (rule.Destinations.Count > most)
        {
            faults.Add(new($"{path}.dstInterface", $"has {rule.Destinations.Count} entries; {rule.Action} takes at most {most}."));
        }

        for (var i = 0; i < rule.Destinations.Count; i++)
        {
            var destination = rule.Destinations[i];
            if (destination.InterfaceType == InterfaceType.Tunnel && destination.TunnelInfo is null)
            {
                faults.Add(new($"{path}.dstInterface[{i}].tunnelInfo", "is missing; an interface of type TUNNEL needs it."));
            }

            if (destination.DstIpAddress is { Length: > 0 } address && !System.Net.IPAddress.TryParse(address, out _))
            {
                faults.Add(new($"{path}.dstInterface[{i}].dstIpAddress", $"'{address}' is not an IP address."));
            }
        }
    }
}
