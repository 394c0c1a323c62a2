using Mano.Packages.AppD;

namespace Mano.Packages.Reading;

/// <summary>Traffic and DNS rules, with the spellings of MEC 010-2, MEC 011 and MEC 037.</summary>
internal static class RuleReader
{
    internal static TrafficRuleDescriptor ReadTraffic(Attributes a)
    {
        var action = Words.TrafficAction.Required(a, "action");
        if (!a.Has("trafficFilter"))
        {
            a.Missing<object?>(["trafficFilter"], null);
        }

        var rule = new TrafficRuleDescriptor
        {
            TrafficRuleId = a.RequiredText("trafficRuleId"),
            FilterType = Words.FilterType.Required(a, "filterType"),
            Priority = a.Integer(0, 255, "priority") ?? (a.Has("priority") ? 0 : a.Missing(["priority"], 0)),
            TrafficFilter = [.. a.Objects("traffic filter", "trafficFilter").Select(ReadFilter)],
            Action = action,
            DstInterface = ReadInterfaces(a, action),
        };
        a.ReportUnknown();
        return a.Context.Sources.Remember(rule, a);
    }

    internal static DnsRuleDescriptor ReadDns(Attributes a)
    {
        var rule = new DnsRuleDescriptor
        {
            DnsRuleId = a.RequiredText("dnsRuleId"),
            DomainName = ReadDomain(a),
            IpAddressType = Words.IpAddressType.Required(a, "ipAddressType"),
            IpAddress = a.RequiredText("ipAddress"),
            Ttl = Quantity.WholeSeconds(a, "ttl"),
        };
        a.ReportUnknown();
        return a.Context.Sources.Remember(rule, a);
    }

    private static TrafficFilter ReadFilter(Attributes a)
    {
        var filter = new TrafficFilter
        {
            SrcAddress = a.Texts("srcAddress"),
            DstAddress = a.Texts("dstAddress"),
            SrcPort = a.Texts("srcPort"),
            DstPort = a.Texts("dstPort"),
            Protocol = [.. a.Texts("protocol").Select(p => p.ToUpperInvariant())],
            Tag = a.Texts("tag", "token"),
            Uri = a.Texts("uri"),
            PacketLabel = a.Texts("packetLabel"),
            SrcTunnelAddress = a.Texts("srcTunnelAddress"),
            TgtTunnelAddress = a.Texts("tgtTunnelAddress", "dstTunnelAddress"),
            SrcTunnelPort = a.Texts("srcTunnelPort"),
            DstTunnelPort = a.Texts("dstTunnelPort"),
            Direction = a.Text("direction"),
            Qci = a.Integer(1, 255, "qCI"),
            Dscp = a.Integer(0, 63, "dSCP"),
            Tc = a.Integer(0, 255, "tC"),
        };
        if (filter.Direction is not (null or "00" or "01"))
        {
            a.Context.Faults.Error("bad-value", a.PlaceOf("direction"), $"\"{filter.Direction}\" is neither \"00\" (downlink) nor \"01\" (uplink).");
        }

        a.ReportUnknown();
        return a.Context.Sources.Remember(filter, a);
    }

    /// <summary>A DROP goes nowhere; MEC 037's own example names an interface nevertheless, so that is told and left out.</summary>
    private static List<InterfaceDescriptor> ReadInterfaces(Attributes a, TrafficAction action)
    {
        var interfaces = a.Objects("destination interface", "dstInterface").Select(ReadInterface).ToList();
        if (action != TrafficAction.Drop || interfaces.Count == 0 || !a.Has("action"))
        {
            return interfaces;
        }

        a.Context.Faults.Warn("interface-count", a.PlaceOf("dstInterface"), "A rule that drops sends nothing anywhere; its destination interface is left out.");
        return [];
    }

    private static InterfaceDescriptor ReadInterface(Attributes a)
    {
        var tunnel = a.Object("tunnel", "tunnelInfo");
        var descriptor = new InterfaceDescriptor
        {
            InterfaceType = Words.InterfaceType.Required(a, "interfaceType"),
            TunnelInfo = tunnel is null ? null : ReadTunnel(tunnel),
            SrcMacAddress = a.Text("srcMACAddress"),
            DstMacAddress = a.Text("dstMACAddress"),
            DstIpAddress = a.Text("dstIPAddress"),
        };
        a.ReportUnknown();
        return a.Context.Sources.Remember(descriptor, a);
    }

    private static TunnelInfo ReadTunnel(Attributes a)
    {
        var tunnel = new TunnelInfo
        {
            TunnelType = Words.TunnelType.Required(a, "tunnelType"),
            TunnelDstAddress = a.RequiredText("tunnelDstAddress"),
            TunnelSrcAddress = a.RequiredText("tunnelSrcAddress"),
            TunnelSpecificData = a.Pairs("tunnelSpecificData"),
        };
        a.ReportUnknown();
        return a.Context.Sources.Remember(tunnel, a);
    }

    /// <summary>A name; of a URL, as MEC 037's example has it, the host.</summary>
    private static string ReadDomain(Attributes a)
    {
        var text = a.RequiredText("domainName");
        if (text.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Host.Length > 0)
        {
            a.Context.Faults.Warn("domain-name", a.PlaceOf("domainName"), $"\"{text}\" is a URL; a DNS rule has a fully qualified name, so {url.Host} is taken.");
            text = url.Host;
        }

        return text.TrimEnd('.').ToLowerInvariant();
    }
}
