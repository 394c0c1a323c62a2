namespace Mano.MecPlatform.Traffic.Nft;

/// <summary>What an IP gateway can make of a rule.</summary>
internal static class NftEnforcement
{
    public static Enforcement Check(TrafficRule rule) => Enforcement.Of(rule, WhyNotTheAction(rule), WhyNotTheFilter, PartsNotCarried(rule));

    /// <summary>The fields given that an IP gateway does not see, as MEC 011 spells them: all that a gateway of connections does not, but for the marks.</summary>
    public static IEnumerable<string> UnseenFields(TrafficFilter filter) => CompiledFilter.UnseenFields(filter).Where(field => field is not ("dSCP" or "tC"));

    private static string? WhyNotTheAction(TrafficRule rule)
    {
        if (rule.Action is RuleAction.Drop or RuleAction.Passthrough)
        {
            return null;
        }

        foreach (var destination in rule.Destinations)
        {
            if (destination.TunnelInfo is { TunnelType: TunnelType.Gre })
            {
                return "dstInterface.tunnelInfo.tunnelType: this gateway has no GRE; GTP_U, or an interface of type IP, would be right.";
            }

            if (destination.InterfaceType != InterfaceType.Ip)
            {
                return $"dstInterface.interfaceType: this gateway reaches IP addresses, not interfaces of type {destination.InterfaceType.ToString().ToUpperInvariant()}.";
            }
        }

        return null;
    }

    private static string? WhyNotTheFilter(TrafficFilter filter, int index)
    {
        string[] unseen = [.. UnseenFields(filter)];
        if (unseen.Length > 0)
        {
            return $"trafficFilter[{index}]: an IP gateway does not see {string.Join(", ", unseen)}, so this alternative matches nothing";
        }

        return NftFamily.Both.Any(family => RuleMatch.Of(filter, family) is not null)
            ? null
            : $"trafficFilter[{index}]: its fields exclude one another (addresses of both families, ports of a protocol without ports, or dSCP with IPv6), so this alternative matches nothing";
    }

    private static IEnumerable<string> PartsNotCarried(TrafficRule rule)
    {
        if (rule.FilterType == FilterType.Packet && rule.Action is RuleAction.ForwardDecapsulated or RuleAction.ForwardEncapsulated)
        {
            yield return "filterType: address translation is decided once a flow, not for each packet";
        }
    }
}
