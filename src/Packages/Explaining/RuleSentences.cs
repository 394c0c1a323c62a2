using System.Net;
using Mano.Packages.AppD;

namespace Mano.Packages.Explaining;

/// <summary>Traffic and DNS rules said in words.</summary>
internal static class RuleSentences
{
    internal static string Of(TrafficRuleDescriptor rule, AppDescriptor app) =>
        $"priority {rule.Priority}: {string.Join(", or ", rule.TrafficFilter.Select(Of).DefaultIfEmpty("everything"))} → {Action(rule, app)}; active once the instance is ready";

    internal static string Of(DnsRuleDescriptor rule) =>
        $"{rule.DomainName} is {rule.IpAddress}{(rule.Ttl is { } ttl ? $" for {ttl} s" : "")}, once the instance is ready";

    private static string Of(TrafficFilter filter)
    {
        List<(string Word, IReadOnlyList<string> Values)> parts =
        [
            ("", filter.Protocol), ("from ", filter.SrcAddress), ("from port ", filter.SrcPort), ("to ", filter.DstAddress), ("to port ", filter.DstPort),
            ("tagged ", filter.Tag), ("for ", filter.Uri), ("labelled ", filter.PacketLabel),
            ("from tunnel ", filter.SrcTunnelAddress), ("to tunnel ", filter.TgtTunnelAddress), ("from tunnel port ", filter.SrcTunnelPort), ("to tunnel port ", filter.DstTunnelPort),
        ];
        var words = parts.Where(p => p.Values.Count > 0).Select(p => p.Word + string.Join(" or ", p.Values)).ToList();
        words.AddRange(new (string Name, int? Value)[] { ("QCI", filter.Qci), ("DSCP", filter.Dscp), ("traffic class", filter.Tc) }.Where(v => v.Value is not null).Select(v => $"{v.Name} {v.Value}"));
        return words.Count == 0 ? "everything" : string.Join(' ', words);
    }

    private static string Action(TrafficRuleDescriptor rule, AppDescriptor app) => rule.Action switch
    {
        TrafficAction.Drop => "dropped",
        TrafficAction.Passthrough => "let through to where it was going",
        TrafficAction.DuplicateDecapsulated or TrafficAction.DuplicateEncapsulated => $"copied to {string.Join(" and ", rule.DstInterface.Select(d => To(d, rule, app)))}",
        _ => $"to {string.Join(" and ", rule.DstInterface.Select(d => To(d, rule, app)))}",
    };

    private static string To(InterfaceDescriptor destination, TrafficRuleDescriptor rule, AppDescriptor app) => destination switch
    {
        { InterfaceType: InterfaceType.Tunnel, TunnelInfo: { } tunnel } => $"the {tunnel.TunnelType} tunnel to {tunnel.TunnelDstAddress}",
        { InterfaceType: InterfaceType.Mac } => $"MAC address {destination.DstMacAddress}",
        { DstIpAddress: { } ip } when !IsUnspecified(ip) => ip,
        _ => $"the instance itself{Port(rule, app)}",
    };

    /// <summary>The declared port that equals the filter's, or the only one declared.</summary>
    private static string Port(TrafficRuleDescriptor rule, AppDescriptor app)
    {
        var ports = app.AppExtCpd.SelectMany(c => c.Ports).ToList();
        var asked = rule.TrafficFilter.SelectMany(f => f.DstPort).ToList();
        var port = ports.FirstOrDefault(p => asked.Contains(p.Port.ToString(System.Globalization.CultureInfo.InvariantCulture))) ?? (ports.Count == 1 ? ports[0] : null);
        return port is null ? "" : $", port {port.Port} ({port.Name})";
    }

    private static bool IsUnspecified(string text) => IPAddress.TryParse(text, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any));
}
