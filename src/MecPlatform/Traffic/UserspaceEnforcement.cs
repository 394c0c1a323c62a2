namespace Mano.MecPlatform.Traffic;

/// <summary>
/// What a gateway of TCP connections can make of a rule. It sees addresses, ports and the protocol; it sees no tunnels,
/// no packets and no marks, and it copies nothing.
/// </summary>
internal static class UserspaceEnforcement
{
    public static Enforcement Check(TrafficRule rule) => Enforcement.Of(rule, WhyNotTheAction(rule), WhyNotTheFilter, PartsNotCarried(rule));

    private static string? WhyNotTheAction(TrafficRule rule) => rule.Action switch
    {
        RuleAction.Drop => null,
        RuleAction.DuplicateDecapsulated or RuleAction.DuplicateEncapsulated => "action: a userspace gateway does not duplicate traffic.",
        _ when rule.Destinations.Count > 0 && rule.Destinations[0].InterfaceType != InterfaceType.Ip =>
            $"dstInterface.interfaceType: a userspace gateway reaches IP addresses, not interfaces of type {rule.Destinations[0].InterfaceType.ToString().ToUpperInvariant()}.",
        _ => null,
    };

    private static string? WhyNotTheFilter(TrafficFilter filter, int index)
    {
        string[] unseen = [.. CompiledFilter.UnseenFields(filter)];
        if (unseen.Length > 0)
        {
            return $"trafficFilter[{index}]: a userspace gateway does not see {string.Join(", ", unseen)}, so this alternative matches nothing";
        }

        return CompiledFilter.Compile(filter, string.Empty, []).CoversTcp
            ? null
            : $"trafficFilter[{index}].protocol: a userspace gateway carries TCP alone, not {string.Join(", ", filter.Protocol)}";
    }

    private static IEnumerable<string> PartsNotCarried(TrafficRule rule)
    {
        if (rule.FilterType == FilterType.Packet)
        {
            yield return "filterType: a userspace gateway decides once a connection, not for each packet";
        }

        foreach (var filter in rule.Filters.Where(f => CompiledFilter.Compile(f, string.Empty, []).NamesOthers))
        {
            yield return $"protocol: of {string.Join(", ", filter.Protocol)} a userspace gateway carries TCP alone";
        }
    }
}
