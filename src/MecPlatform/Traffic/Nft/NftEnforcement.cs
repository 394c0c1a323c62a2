namespace Mano.MecPlatform.Traffic.Nft;

/// <summary>What an IP gateway can make of a rule.</summary>
internal static class NftEnforcement
{
    public static Enforcement Check(TrafficRule rule)
    {
        if (WhyNotTheAction(rule) is { } why)
        {
            return new(EnforcementLevel.NotEnforced, why);
        }

        string[] lost = [.. rule.Filters.Select(WhyNotTheFilter).OfType<string>()];
        if (lost.Length == rule.Filters.Count)
        {
            return new(EnforcementLevel.NotEnforced, string.Join("; ", lost.Distinct()) + ".");
        }

        string[] parts = [.. lost, .. PartsNotCarried(rule)];
        return parts.Length == 0 ? new(EnforcementLevel.Enforced, string.Empty) : new(EnforcementLevel.Partial, string.Join("; ", parts.Distinct()) + ".");
    }

    /// <summary>The fields given that an IP gateway does not see, as MEC 011 spells them.</summary>
    public static IEnumerable<string> UnseenFields(TrafficFilter filter)
    {
        (string Name, bool Given)[] fields =
        [
            ("tag", filter.Tag.Count > 0),
            ("uri", filter.Uri.Count > 0),
            ("packetLabel", filter.PacketLabel.Count > 0),
            ("srcTunnelAddress", filter.SrcTunnelAddress.Count > 0),
            ("tgtTunnelAddress", filter.TgtTunnelAddress.Count > 0),
            ("srcTunnelPort", filter.SrcTunnelPort.Count > 0),
            ("dstTunnelPort", filter.DstTunnelPort.Count > 0),
            ("qCI", filter.Qci is not null),
        ];
        return fields.Where(f => f.Given).Select(f => f.Name);
    }

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
