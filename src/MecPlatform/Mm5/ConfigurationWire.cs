using Mano.MecPlatform.AppSupport;
using Mano.MecPlatform.Dns;
using Mano.MecPlatform.ServiceRegistry;
using Mano.MecPlatform.Traffic;
using Mano.Mesh.Failures;
using Wire = Mano.Common.V1;

namespace Mano.MecPlatform.Mm5;

/// <summary>Configurations, from and to <c>mano.common.v1</c>. Enum values that mean nothing are faults, at their path.</summary>
internal static class ConfigurationWire
{
    /// <summary>Throws with every enum that was not said.</summary>
    public static PlatformConfiguration Read(Wire.PlatformConfiguration? wire, string appInstanceId)
    {
        var faults = new List<Fault>();
        var read = wire is null ? PlatformConfiguration.Empty : new PlatformConfiguration
        {
            AppName = wire.AppName,
            SupportsMp1 = wire.SupportsMp1,
            ReadinessPort = (int)Math.Min(wire.ReadinessPort, int.MaxValue),
            TrafficRules = [.. wire.TrafficRules.Select((r, i) => Read(r, $"trafficRules[{i}]", faults))],
            DnsRules = [.. wire.DnsRules.Select((r, i) => Read(r, $"dnsRules[{i}]", faults))],
            ServicesRequired = [.. wire.ServicesRequired.Select(Read)],
            ServicesOptional = [.. wire.ServicesOptional.Select(Read)],
            ServicesProduced = [.. wire.ServicesProduced.Select(s => new ProducedService(s.SerName, s.Version, [.. s.TransportTypes]))],
            FeaturesRequired = [.. wire.FeaturesRequired.Select(f => new AppSupport.FeatureDependency(f.FeatureName, f.Version))],
        };
        if (wire is null)
        {
            faults.Add(new("configuration", "is missing; an instance without rules has an empty one."));
        }

        return faults.Count == 0
            ? read
            : throw Failure.InvalidInput("BAD_CONFIGURATION", $"The configuration of {appInstanceId} has {faults.Count} fault(s); the first: {faults[0]}", $"app-instance/{appInstanceId}", faults).ToException();
    }

    public static Wire.TrafficRule Write(TrafficRule rule)
    {
        var wire = new Wire.TrafficRule
        {
            TrafficRuleId = rule.Id,
            FilterType = (Wire.TrafficRule.Types.FilterType)rule.FilterType,
            Priority = (uint)rule.Priority,
            Action = (Wire.TrafficRule.Types.Action)rule.Action,
        };
        wire.TrafficFilters.AddRange(rule.Filters.Select(Write));
        wire.DstInterfaces.AddRange(rule.Destinations.Select(Write));
        return wire;
    }

    public static Wire.DnsRule Write(DnsRule rule)
    {
        var wire = new Wire.DnsRule
        {
            DnsRuleId = rule.Id,
            DomainName = rule.DomainName,
            IpAddressType = (Wire.DnsRule.Types.IpAddressType)rule.IpAddressType,
            IpAddress = rule.IpAddress,
        };
        if (rule.TtlSeconds is { } ttl)
        {
            wire.TtlSeconds = ttl;
        }

        return wire;
    }

    public static Wire.ServiceDependency Write(ServiceDependency service) => new() { SerName = service.SerName, Version = service.Version };

    public static Wire.ServiceDescriptor Write(ProducedService service)
    {
        var wire = new Wire.ServiceDescriptor { SerName = service.SerName, Version = service.Version };
        wire.TransportTypes.AddRange(service.TransportTypes);
        return wire;
    }

    private static TrafficRule Read(Wire.TrafficRule rule, string path, List<Fault> faults) => new(
        rule.TrafficRuleId,
        Said((FilterType)rule.FilterType, $"{path}.filterType", faults),
        (int)Math.Min(rule.Priority, int.MaxValue),
        [.. rule.TrafficFilters.Select(Read)],
        Said((RuleAction)rule.Action, $"{path}.action", faults),
        [.. rule.DstInterfaces.Select((d, i) => Read(d, $"{path}.dstInterface[{i}]", faults))]);

    private static DnsRule Read(Wire.DnsRule rule, string path, List<Fault> faults) => new(
        rule.DnsRuleId,
        rule.DomainName,
        Said((IpAddressType)rule.IpAddressType, $"{path}.ipAddressType", faults),
        rule.IpAddress,
        rule.HasTtlSeconds ? rule.TtlSeconds : null);

    private static ServiceDependency Read(Wire.ServiceDependency service) => new(service.SerName, service.Version);

    private static TrafficFilter Read(Wire.TrafficFilter filter) => new()
    {
        SrcAddress = [.. filter.SrcAddresses],
        DstAddress = [.. filter.DstAddresses],
        SrcPort = [.. filter.SrcPorts],
        DstPort = [.. filter.DstPorts],
        Protocol = [.. filter.Protocols],
        Tag = [.. filter.Tags],
        Uri = [.. filter.Uris],
        PacketLabel = [.. filter.PacketLabels],
        SrcTunnelAddress = [.. filter.SrcTunnelAddresses],
        TgtTunnelAddress = [.. filter.TgtTunnelAddresses],
        SrcTunnelPort = [.. filter.SrcTunnelPorts],
        DstTunnelPort = [.. filter.DstTunnelPorts],
        Qci = filter.HasQci ? (int)filter.Qci : null,
        Dscp = filter.HasDscp ? (int)filter.Dscp : null,
        TrafficClass = filter.HasTrafficClass ? (int)filter.TrafficClass : null,
    };

    private static RuleDestination Read(Wire.InterfaceDescriptor wire, string path, List<Fault> faults) =>
        new(Said((InterfaceType)wire.InterfaceType, $"{path}.interfaceType", faults))
        {
            TunnelInfo = wire.TunnelInfo is not { } tunnel ? null : new(
                Said((TunnelType)tunnel.TunnelType, $"{path}.tunnelInfo.tunnelType", faults), Given(tunnel.TunnelDstAddress), Given(tunnel.TunnelSrcAddress))
            {
                TunnelSpecificData = tunnel.TunnelSpecificData.Count == 0 ? null : new SortedDictionary<string, string>(tunnel.TunnelSpecificData, StringComparer.Ordinal),
            },
            SrcMacAddress = Given(wire.SrcMacAddress),
            DstMacAddress = Given(wire.DstMacAddress),
            DstIpAddress = Given(wire.DstIpAddress),
        };

    private static Wire.TrafficFilter Write(TrafficFilter filter)
    {
        var wire = new Wire.TrafficFilter();
        wire.SrcAddresses.AddRange(filter.SrcAddress);
        wire.DstAddresses.AddRange(filter.DstAddress);
        wire.SrcPorts.AddRange(filter.SrcPort);
        wire.DstPorts.AddRange(filter.DstPort);
        wire.Protocols.AddRange(filter.Protocol);
        wire.Tags.AddRange(filter.Tag);
        wire.Uris.AddRange(filter.Uri);
        wire.PacketLabels.AddRange(filter.PacketLabel);
        wire.SrcTunnelAddresses.AddRange(filter.SrcTunnelAddress);
        wire.TgtTunnelAddresses.AddRange(filter.TgtTunnelAddress);
        wire.SrcTunnelPorts.AddRange(filter.SrcTunnelPort);
        wire.DstTunnelPorts.AddRange(filter.DstTunnelPort);
        WriteMarks(filter, wire);
        return wire;
    }

    private static void WriteMarks(TrafficFilter filter, Wire.TrafficFilter wire)
    {
        if (filter.Qci is { } qci)
        {
            wire.Qci = (uint)qci;
        }

        if (filter.Dscp is { } dscp)
        {
            wire.Dscp = (uint)dscp;
        }

        if (filter.TrafficClass is { } trafficClass)
        {
            wire.TrafficClass = (uint)trafficClass;
        }
    }

    private static Wire.InterfaceDescriptor Write(RuleDestination destination) => new()
    {
        InterfaceType = (Wire.InterfaceDescriptor.Types.InterfaceType)destination.InterfaceType,
        TunnelInfo = destination.TunnelInfo is not { } tunnel ? null : new()
        {
            TunnelType = (Wire.TunnelInfo.Types.TunnelType)tunnel.TunnelType,
            TunnelDstAddress = tunnel.TunnelDstAddress ?? string.Empty,
            TunnelSrcAddress = tunnel.TunnelSrcAddress ?? string.Empty,
            TunnelSpecificData = { tunnel.TunnelSpecificData?.ToDictionary() ?? [] },
        },
        SrcMacAddress = destination.SrcMacAddress ?? string.Empty,
        DstMacAddress = destination.DstMacAddress ?? string.Empty,
        DstIpAddress = destination.DstIpAddress ?? string.Empty,
    };

    private static string? Given(string text) => text.Length == 0 ? null : text;

    /// <summary>The domain's enums have the numbers of the wire's; zero and unknown numbers say nothing.</summary>
    private static T Said<T>(T value, string path, List<Fault> faults)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            faults.Add(new(path, $"says nothing known; one of {string.Join(", ", Enum.GetNames<T>())} is needed."));
        }

        return value;
    }
}
