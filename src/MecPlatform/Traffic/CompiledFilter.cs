using System.Net;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Traffic;

/// <summary>A flow as the data plane sees it when it opens.</summary>
/// <param name="Source">Whence.</param>
/// <param name="Destination">Whither, as the device asked.</param>
/// <param name="Protocol">IANA number.</param>
internal readonly record struct Flow(IPEndPoint Source, IPEndPoint Destination, int Protocol);

/// <summary>
/// One alternative of a rule, ready to be matched. A field that a gateway of TCP connections cannot see makes the
/// alternative match nothing: matching more than was asked would steer traffic that is not meant.
/// </summary>
internal sealed class CompiledFilter
{
    private readonly AddressRange[] sources;
    private readonly AddressRange[] destinations;
    private readonly PortRange[] sourcePorts;
    private readonly PortRange[] destinationPorts;
    private readonly int[] protocols;
    private readonly bool blind;

    private CompiledFilter(TrafficFilter filter, string path, List<Fault> faults)
    {
        sources = Parse<AddressRange>(filter.SrcAddress, AddressRange.TryParse, $"{path}.srcAddress", faults);
        destinations = Parse<AddressRange>(filter.DstAddress, AddressRange.TryParse, $"{path}.dstAddress", faults);
        sourcePorts = Parse<PortRange>(filter.SrcPort, PortRange.TryParse, $"{path}.srcPort", faults);
        destinationPorts = Parse<PortRange>(filter.DstPort, PortRange.TryParse, $"{path}.dstPort", faults);
        protocols = Parse<int>(filter.Protocol, ProtocolNumber.TryParse, $"{path}.protocol", faults);
        Parse<AddressRange>(filter.SrcTunnelAddress, AddressRange.TryParse, $"{path}.srcTunnelAddress", faults);
        Parse<AddressRange>(filter.TgtTunnelAddress, AddressRange.TryParse, $"{path}.tgtTunnelAddress", faults);
        Parse<PortRange>(filter.SrcTunnelPort, PortRange.TryParse, $"{path}.srcTunnelPort", faults);
        Parse<PortRange>(filter.DstTunnelPort, PortRange.TryParse, $"{path}.dstTunnelPort", faults);
        blind = UnseenFields(filter).Any();
    }

    private delegate bool Parser<T>(string text, out T value, out string? fault);

    /// <summary>The filter, ready; adds every fault at its path.</summary>
    public static CompiledFilter Compile(TrafficFilter filter, string path, List<Fault> faults) => new(filter, path, faults);

    public bool Matches(in Flow flow) =>
        !blind
        && OneOf(protocols, flow.Protocol)
        && OneOf(destinationPorts, flow.Destination.Port)
        && OneOf(sourcePorts, flow.Source.Port)
        && OneOf(destinations, flow.Destination.Address)
        && OneOf(sources, flow.Source.Address);

    /// <summary>Whether TCP is among what the filter asks for.</summary>
    public bool CoversTcp => OneOf(protocols, ProtocolNumber.Tcp);

    /// <summary>Whether it names other protocols beside what a TCP gateway carries.</summary>
    public bool NamesOthers => protocols.Any(p => p is not ProtocolNumber.Tcp and not ProtocolNumber.Any);

    /// <summary>The fields given that a gateway of TCP connections cannot see, as MEC 011 spells them.</summary>
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
            ("dSCP", filter.Dscp is not null),
            ("tC", filter.TrafficClass is not null),
        ];
        return fields.Where(f => f.Given).Select(f => f.Name);
    }

    private static bool OneOf(AddressRange[] ranges, IPAddress address)
    {
        foreach (var range in ranges)
        {
            if (range.Contains(address))
            {
                return true;
            }
        }

        return ranges.Length == 0;
    }

    private static bool OneOf(PortRange[] ranges, int port)
    {
        foreach (var range in ranges)
        {
            if (range.Contains(port))
            {
                return true;
            }
        }

        return ranges.Length == 0;
    }

    private static bool OneOf(int[] protocols, int protocol) =>
        protocols.Length == 0 || protocols.AsSpan().ContainsAny(protocol, ProtocolNumber.Any);

    private static T[] Parse<T>(IReadOnlyList<string> texts, Parser<T> parser, string path, List<Fault> faults)
    {
        var values = new List<T>(texts.Count);
        for (var i = 0; i < texts.Count; i++)
        {
            if (parser(texts[i], out var value, out var fault))
            {
                values.Add(value);
            }
            else
            {
                faults.Add(new($"{path}[{i}]", fault!));
            }
        }

        return [.. values];
    }
}
