using Mano.MecPlatform.Traffic.GtpU;

namespace Mano.MecPlatform.Traffic.Nft;

/// <summary>What an IP gateway can make of a rule.</summary>
internal static class NftEnforcement
{
    public static Enforcement Check(TrafficRule rule) => WhyNotTheTunnel(rule) is { } fault
        ? new(EnforcementLevel.NotEnforced, fault, IsRefused: true)
        : Enforcement.Of(rule, WhyNotTheAction(rule), WhyNotTheFilter, PartsNotCarried(rule));

    /// <summary>The fields given that an IP gateway does not see, as MEC 011 spells them: all that a gateway of connections does not, but for the marks.</summary>
    public static IEnumerable<string> UnseenFields(TrafficFilter filter) => CompiledFilter.UnseenFields(filter).Where(field => field is not ("dSCP" or "tC"));

    /// <summary>What is wrong with the tunnel that a rule names; null if nothing is, or it names none.</summary>
    private static string? WhyNotTheTunnel(TrafficRule rule) => rule.Action is RuleAction.Drop or RuleAction.Passthrough ? null : rule.Destinations
        .Where(d => d.InterfaceType == InterfaceType.Tunnel).Select(d => GtpTunnel.TryRead(d.TunnelInfo, out _)).OfType<string>().FirstOrDefault();

    private static string? WhyNotTheAction(TrafficRule rule)
    {
        if (rule.Action is RuleAction.Drop or RuleAction.Passthrough)
        {
            return null;
        }

        if (rule.Destinations.Any(d => d.InterfaceType == InterfaceType.Mac))
        {
            return "dstInterface.interfaceType: this gateway reaches IP addresses and GTP-U tunnels, not interfaces of type MAC.";
        }

        if (!rule.Destinations.Any(d => d.InterfaceType == InterfaceType.Tunnel))
        {
            return null;
        }

        return rule.Action is RuleAction.DuplicateDecapsulated or RuleAction.DuplicateEncapsulated
            ? "dstInterface.interfaceType: this gateway sends copies to IP addresses, not into tunnels."
            : rule.FilterType == FilterType.Packet
            ? "filterType: a tunnel of this gateway carries flows in both directions, so FLOW would be right."
            : null;
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
