using Mano.Packages.AppD;
using V1 = Mano.Common.V1;
using Wire = Mano.Common.V1.PlatformConfiguration;

namespace Mano.Meo.Sites;

/// <summary>What the platform must hold for an application (MEC 010-2 ConfigPlatformForAppRequest), from its descriptor.</summary>
internal static class PlatformWire
{
    public static Wire ToWire(AppDescriptor app)
    {
        var wire = new Wire { AppName = app.AppName, SupportsMp1 = app.AppSupportMp1, ReadinessPort = ReadinessPort(app) };
        wire.TrafficRules.AddRange(app.AppTrafficRule.Select(ToWire));
        wire.DnsRules.AddRange(app.AppDNSRule.Select(ToWire));
        wire.ServicesRequired.AddRange(app.AppServiceRequired.Select(ToWire));
        wire.ServicesOptional.AddRange(app.AppServiceOptional.Select(ToWire));
        wire.FeaturesRequired.AddRange(app.AppFeatureRequired.Select(f => new V1.FeatureDependency { FeatureName = f.FeatureName, Version = f.Version }));
        foreach (var service in app.AppServiceProduced)
        {
            wire.ServicesProduced.Add(new V1.ServiceDescriptor
            {
                SerName = service.SerName,
                Version = service.Version,
                TransportTypes = { service.TransportsSupported.Select(t => t.Transport.Type).Distinct() },
            });
        }

        return wire;
    }

    /// <summary>Where the application does not speak Mp1, its first TCP port tells whether it serves.</summary>
    private static uint ReadinessPort(AppDescriptor app) =>
        app.AppSupportMp1 ? 0 : (uint)(app.AppExtCpd.SelectMany(c => c.Ports).FirstOrDefault(p => p.Protocol == PortProtocol.Tcp)?.Port ?? 0);

    private static V1.ServiceDependency ToWire(ServiceDependency service) => new() { SerName = service.SerName, Version = service.Version };

    private static V1.TrafficRule ToWire(TrafficRuleDescriptor rule)
    {
        var wire = new V1.TrafficRule
        {
            TrafficRuleId = rule.TrafficRuleId,
            FilterType = rule.FilterType == FilterType.Flow ? V1.TrafficRule.Types.FilterType.Flow : V1.TrafficRule.Types.FilterType.Packet,
            Priority = (uint)rule.Priority,
            Action = ToWire(rule.Action),
        };
        wire.TrafficFilters.AddRange(rule.TrafficFilter.Select(ToWire));
        wire.DstInterfaces.AddRange(rule.DstInterface.Select(ToWire));
        return wire;
    }

    private static V1.TrafficRule.Types.Action ToWire(TrafficAction action) => action switch
    {
        TrafficAction.Drop => V1.TrafficRule.Types.Action.Drop,
        TrafficAction.ForwardDecapsulated => V1.TrafficRule.Types.Action.ForwardDecapsulated,
        TrafficAction.ForwardEncapsulated => V1.TrafficRule.Types.Action.ForwardEncapsulated,
        TrafficAction.Passthrough => V1.TrafficRule.Types.Action.Passthrough,
        TrafficAction.DuplicateDecapsulated => V1.TrafficRule.Types.Action.DuplicateDecapsulated,
        _ => V1.TrafficRule.Types.Action.DuplicateEncapsulated,
    };

    private static V1.TrafficFilter ToWire(TrafficFilter filter)
    {
        var wire = new V1.TrafficFilter
        {
            SrcAddresses = { filter.SrcAddress },
            DstAddresses = { filter.DstAddress },
            SrcPorts = { filter.SrcPort },
            DstPorts = { filter.DstPort },
            Protocols = { filter.Protocol },
            Tags = { filter.Tag },
            Uris = { filter.Uri },
            PacketLabels = { filter.PacketLabel },
            SrcTunnelAddresses = { filter.SrcTunnelAddress },
            TgtTunnelAddresses = { filter.TgtTunnelAddress },
            SrcTunnelPorts = { filter.SrcTunnelPort },
            DstTunnelPorts = { filter.DstTunnelPort },
        };
        if (filter.Qci is { } qci)
        {
            wire.Qci = (uint)qci;
        }

        if (filter.Dscp is { } dscp)
        {
            wire.Dscp = (uint)dscp;
        }

        if (filter.Tc is { } trafficClass)
        {
            wire.TrafficClass = (uint)trafficClass;
        }

        return wire;
    }

    private static V1.InterfaceDescriptor ToWire(InterfaceDescriptor at)
    {
        var wire = new V1.InterfaceDescriptor
        {
            InterfaceType = at.InterfaceType switch
            {
                InterfaceType.Tunnel => V1.InterfaceDescriptor.Types.InterfaceType.Tunnel,
                InterfaceType.Mac => V1.InterfaceDescriptor.Types.InterfaceType.Mac,
                _ => V1.InterfaceDescriptor.Types.InterfaceType.Ip,
            },
            SrcMacAddress = at.SrcMacAddress ?? "",
            DstMacAddress = at.DstMacAddress ?? "",
            DstIpAddress = at.DstIpAddress ?? "",
        };
        if (at.TunnelInfo is { } tunnel)
        {
            wire.TunnelInfo = new()
            {
                TunnelType = tunnel.TunnelType == TunnelType.Gre ? V1.TunnelInfo.Types.TunnelType.Gre : V1.TunnelInfo.Types.TunnelType.GtpU,
                TunnelDstAddress = tunnel.TunnelDstAddress,
                TunnelSrcAddress = tunnel.TunnelSrcAddress,
                TunnelSpecificData = { tunnel.TunnelSpecificData.ToDictionary() },
            };
        }

        return wire;
    }

    private static V1.DnsRule ToWire(DnsRuleDescriptor rule)
    {
        var wire = new V1.DnsRule
        {
            DnsRuleId = rule.DnsRuleId,
            DomainName = rule.DomainName,
            IpAddressType = rule.IpAddressType == IpAddressType.IpV4 ? V1.DnsRule.Types.IpAddressType.IpV4 : V1.DnsRule.Types.IpAddressType.IpV6,
            IpAddress = rule.IpAddress,
        };
        if (rule.Ttl is { } ttl)
        {
            wire.TtlSeconds = (uint)ttl;
        }

        return wire;
    }
}
