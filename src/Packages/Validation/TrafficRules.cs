using System.Globalization;
using Mano.Packages.AppD;
using Mano.Packages.Reading;

namespace Mano.Packages.Validation;

/// <summary>Rules have ids of their own, a filter, and as many interfaces as their action needs.</summary>
internal sealed class TrafficRuleRule : IDescriptorRule
{
    public void Check(AppDescriptor app, ReadingContext context)
    {
        foreach (var twice in app.AppTrafficRule.GroupBy(r => r.TrafficRuleId).Where(g => g.Key.Length > 0 && g.Count() > 1))
        {
            context.Faults.Error("duplicate-id", context.Sources.At(twice.Last(), "trafficRuleId"), $"Two traffic rules have the id {twice.Key}.");
        }

        foreach (var rule in app.AppTrafficRule)
        {
            var needed = rule.Action switch
            {
                TrafficAction.Drop => 0,
                TrafficAction.DuplicateDecapsulated or TrafficAction.DuplicateEncapsulated => 2,
                _ => 1,
            };
            if (rule.DstInterface.Count != needed)
            {
                context.Faults.Error("interface-count", context.Sources.At(rule, "dstInterface"),
                    $"The action of rule {rule.TrafficRuleId} needs {needed} destination interface{(needed == 1 ? "" : "s")}, {rule.DstInterface.Count} given."
                    + (needed == 0 ? "" : " In dstInterface, one of type IP without an address is the instance itself."));
            }

            if (rule.TrafficFilter.Count == 0 && context.Sources.At(rule, "trafficFilter") != context.Sources.At(rule))
            {
                context.Faults.Error("missing-attribute", context.Sources.At(rule, "trafficFilter"), $"The rule {rule.TrafficRuleId} has no traffic filter; at least one says what it is for.");
            }
        }
    }
}

/// <summary>Addresses, ports and protocols that a data plane can match.</summary>
internal sealed class TrafficFilterRule : IDescriptorRule
{
    private static readonly string[] Protocols =
        ["ANY", "TCP", "UDP", "SCTP", "ICMP", "ICMPV6", "IGMP", "GRE", "ESP", "AH", "IP", "IPV4", "IPV6"];

    public void Check(AppDescriptor app, ReadingContext context)
    {
        foreach (var filter in app.AppTrafficRule.SelectMany(r => r.TrafficFilter))
        {
            Each(context, filter, "srcAddress", filter.SrcAddress, Addresses.IsAddressMatch, Addresses.MatchExpected);
            Each(context, filter, "dstAddress", filter.DstAddress, Addresses.IsAddressMatch, Addresses.MatchExpected);
            Each(context, filter, "srcTunnelAddress", filter.SrcTunnelAddress, Addresses.IsAddressMatch, Addresses.MatchExpected);
            Each(context, filter, "tgtTunnelAddress", filter.TgtTunnelAddress, Addresses.IsAddressMatch, Addresses.MatchExpected);
            Each(context, filter, "srcPort", filter.SrcPort, Addresses.IsPortMatch, Addresses.PortExpected);
            Each(context, filter, "dstPort", filter.DstPort, Addresses.IsPortMatch, Addresses.PortExpected);
            Each(context, filter, "srcTunnelPort", filter.SrcTunnelPort, Addresses.IsPortMatch, Addresses.PortExpected);
            Each(context, filter, "dstTunnelPort", filter.DstTunnelPort, Addresses.IsPortMatch, Addresses.PortExpected);
            Each(context, filter, "protocol", filter.Protocol, IsProtocol, $"one of {string.Join(", ", Protocols)} or a number 0..255");
        }
    }

    private static void Each(ReadingContext context, TrafficFilter filter, string name, IReadOnlyList<string> values, Func<string, bool> isGood, string expected)
    {
        foreach (var value in values.Where(v => !isGood(v)))
        {
            context.Faults.Error("bad-value", context.Sources.At(filter, name), $"\"{value}\" is not {expected}.");
        }
    }

    private static bool IsProtocol(string text) =>
        Protocols.Contains(text) || byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}

/// <summary>A destination has what its type needs.</summary>
internal sealed class InterfaceRule : IDescriptorRule
{
    public void Check(AppDescriptor app, ReadingContext context)
    {
        foreach (var dst in app.AppTrafficRule.SelectMany(r => r.DstInterface))
        {
            var at = context.Sources.At(dst, "tunnelInfo");
            if (dst.InterfaceType == InterfaceType.Tunnel && dst.TunnelInfo is null)
            {
                context.Faults.Error("missing-attribute", at, "An interface of type TUNNEL has a tunnelInfo.");
            }
            else if (dst.InterfaceType != InterfaceType.Tunnel && dst.TunnelInfo is not null)
            {
                context.Faults.Error("bad-value", at, "tunnelInfo belongs to interfaces of type TUNNEL alone.");
            }

            if (dst.InterfaceType == InterfaceType.Mac && dst.DstMacAddress is null)
            {
                context.Faults.Error("missing-attribute", context.Sources.At(dst), "An interface of type MAC has a dstMACAddress.");
            }

            if (dst.DstIpAddress is { } ip && !Addresses.IsAddress(ip))
            {
                context.Faults.Error("bad-value", context.Sources.At(dst, "dstIPAddress"), $"\"{ip}\" is no IP address.");
            }

            CheckUnused(dst, context);
            CheckMac(dst.SrcMacAddress, context, dst, "srcMACAddress");
            CheckMac(dst.DstMacAddress, context, dst, "dstMACAddress");
            CheckTunnel(dst.TunnelInfo, context);
        }
    }

    private static void CheckUnused(InterfaceDescriptor dst, ReadingContext context)
    {
        if (dst.InterfaceType != InterfaceType.Mac && (dst.SrcMacAddress ?? dst.DstMacAddress) is not null)
        {
            context.Faults.Warn("unused-attribute", context.Sources.At(dst, "srcMACAddress", "dstMACAddress"), "MAC addresses mean something with interface type MAC alone; they are not used.");
        }

        if (dst.InterfaceType != InterfaceType.Ip && dst.DstIpAddress is not null)
        {
            context.Faults.Warn("unused-attribute", context.Sources.At(dst, "dstIPAddress"), "dstIPAddress means something with interface type IP alone; it is not used.");
        }
    }

    private static void CheckMac(string? mac, ReadingContext context, InterfaceDescriptor dst, string name)
    {
        if (mac is not null && !Addresses.IsMac(mac))
        {
            context.Faults.Error("bad-value", context.Sources.At(dst, name), $"\"{mac}\" is no MAC address, for example 02-00-00-00-00-01.");
        }
    }

    private static void CheckTunnel(TunnelInfo? tunnel, ReadingContext context)
    {
        if (tunnel is null)
        {
            return;
        }

        foreach (var (name, value) in new[] { ("tunnelDstAddress", tunnel.TunnelDstAddress), ("tunnelSrcAddress", tunnel.TunnelSrcAddress) })
        {
            if (value.Length > 0 && !Addresses.IsAddress(value))
            {
                context.Faults.Error("bad-value", context.Sources.At(tunnel, name), $"\"{value}\" is no IP address.");
            }
        }
    }
}
