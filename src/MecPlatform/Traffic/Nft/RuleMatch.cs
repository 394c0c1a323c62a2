using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;

namespace Mano.MecPlatform.Traffic.Nft;

/// <summary>One alternative of a rule in one family, in numbers. Empty lists mean "any".</summary>
internal sealed record RuleMatch(
    IReadOnlyList<AddressRange> Sources,
    IReadOnlyList<AddressRange> Destinations,
    IReadOnlyList<int> Protocols,
    IReadOnlyList<PortRange> SourcePorts,
    IReadOnlyList<PortRange> DestinationPorts,
    int? Dscp,
    int? TrafficClass)
{
    private static readonly int[] WithPorts = [ProtocolNumber.Tcp, 17, 132];
    private static readonly PortRange AnyPort = new(0, 65535);

    /// <summary>Read once in the life of a filter: every change of any rule asks for all of them.</summary>
    private static readonly ConditionalWeakTable<TrafficFilter, StrongBox<(RuleMatch? V4, RuleMatch? V6)>> Read = [];

    /// <summary>The alternative as this family's packets meet it; null if none of them can.</summary>
    public static RuleMatch? Of(TrafficFilter filter, NftFamily family)
    {
        var both = Read.GetValue(filter, static f => new((Make(f, NftFamily.V4), Make(f, NftFamily.V6))));
        return family == NftFamily.V4 ? both.Value.V4 : both.Value.V6;
    }

    private static RuleMatch? Make(TrafficFilter filter, NftFamily family)
    {
        if ((filter.Dscp is not null && family == NftFamily.V6) || (filter.TrafficClass is not null && family == NftFamily.V4))
        {
            return null;
        }

        var (sources, destinations) = (Addresses(filter.SrcAddress, family), Addresses(filter.DstAddress, family));
        if ((sources.Length == 0 && filter.SrcAddress.Count > 0) || (destinations.Length == 0 && filter.DstAddress.Count > 0))
        {
            return null;
        }

        var (sourcePorts, destinationPorts) = (Ports(filter.SrcPort), Ports(filter.DstPort));
        int[] protocols = [.. filter.Protocol.Select(Number).Distinct().Order()];
        protocols = protocols.Contains(ProtocolNumber.Any) ? [] : protocols;
        if (sourcePorts.Length + destinationPorts.Length > 0)
        {
            var bearing = protocols.Length == 0 ? WithPorts : [.. protocols.Intersect(WithPorts)];
            return bearing.Length == 0 ? null : new(All(sources, family), All(destinations, family), bearing, sourcePorts, destinationPorts, filter.Dscp, filter.TrafficClass);
        }

        return new(All(sources, family), All(destinations, family), protocols, [], [], filter.Dscp, filter.TrafficClass);
    }

    /// <summary>Whether it says nothing but destinations, protocols and their ports.</summary>
    public bool IsBox => Sources.Count == 0 && SourcePorts.Count == 0 && Dscp is null && TrafficClass is null && Destinations.Count > 0;

    /// <summary>Its boxes: each destination with each protocol (-1: any) and port range.</summary>
    public IEnumerable<Box> Boxes =>
        from destination in Destinations
        from protocol in Protocols.Count == 0 ? [ProtocolNumber.Any] : Protocols
        from ports in DestinationPorts.Count == 0 ? [AnyPort] : DestinationPorts
        select new Box(destination.First, destination.Last, protocol, ports.First, ports.Last);

    /// <summary>Whether some packet could match this and the box.</summary>
    public bool Overlaps(Box box) =>
        (Destinations.Count == 0 || Destinations.Any(d => d.First <= box.LastAddress && d.Last >= box.FirstAddress))
        && (Protocols.Count == 0 || box.Protocol == ProtocolNumber.Any || Protocols.Contains(box.Protocol))
        && (DestinationPorts.Count == 0 || DestinationPorts.Any(p => p.First <= box.LastPort && p.Last >= box.FirstPort));

    /// <summary>As nft's matches, each with a blank after it.</summary>
    public string ToText(NftFamily family)
    {
        var text = string.Empty;
        text += Set($"{family.Name} saddr", Sources.Select(r => Range(r.First, r.Last, family)));
        text += Set($"{family.Name} daddr", Destinations.Select(r => Range(r.First, r.Last, family)));
        text += Set("meta l4proto", Protocols.Select(Text));
        text += Set("th sport", SourcePorts.Select(Range));
        text += Set("th dport", DestinationPorts.Select(Range));
        text += Dscp is { } dscp ? $"ip dscp {Text(dscp)} " : string.Empty;
        return text + (TrafficClass is { } tc ? $"ip6 dscp {Text(tc >> 2)} ip6 ecn {Text(tc & 3)} " : string.Empty);
    }

    /// <summary>An address or <c>first-last</c>.</summary>
    public static string Range(UInt128 first, UInt128 last, NftFamily family) =>
        first == last ? $"{family.AddressOf(first)}" : $"{family.AddressOf(first)}-{family.AddressOf(last)}";

    /// <summary>A port or <c>first-last</c>.</summary>
    public static string Range(PortRange ports) => ports.First == ports.Last ? Text(ports.First) : $"{Text(ports.First)}-{Text(ports.Last)}";

    private static string Set(string field, IEnumerable<string> values)
    {
        string[] all = [.. values];
        return all.Length switch
        {
            0 => string.Empty,
            1 => $"{field} {all[0]} ",
            _ => $"{field} {{ {string.Join(", ", all)} }} ",
        };
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static AddressRange[] Addresses(IReadOnlyList<string> texts, NftFamily family) => Merge(
        texts.Select(t => AddressRange.TryParse(t, out var range, out _) ? range : throw new FormatException(t)).Where(r => r.Family == family.Addresses));

    /// <summary>nft refuses overlapping intervals in one set.</summary>
    private static AddressRange[] Merge(IEnumerable<AddressRange> ranges)
    {
        var merged = new List<AddressRange>();
        foreach (var range in ranges.OrderBy(r => r.First))
        {
            if (merged.Count > 0 && range.First <= merged[^1].Last)
            {
                merged[^1] = merged[^1] with { Last = UInt128.Max(merged[^1].Last, range.Last) };
            }
            else
            {
                merged.Add(range);
            }
        }

        return [.. merged];
    }

    /// <summary>A range of everything is no condition.</summary>
    private static AddressRange[] All(AddressRange[] ranges, NftFamily family) =>
        ranges is [{ } only] && only.First == 0 && IPAddress.Parse(family == NftFamily.V4 ? "255.255.255.255" : "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").Equals(family.AddressOf(only.Last)) ? [] : ranges;

    private static PortRange[] Ports(IReadOnlyList<string> texts)
    {
        var merged = new List<PortRange>();
        foreach (var range in texts.Select(t => PortRange.TryParse(t, out var range, out _) ? range : throw new FormatException(t)).OrderBy(r => r.First))
        {
            if (merged.Count > 0 && range.First <= merged[^1].Last)
            {
                merged[^1] = merged[^1] with { Last = Math.Max(merged[^1].Last, range.Last) };
            }
            else
            {
                merged.Add(range);
            }
        }

        return [.. merged];
    }

    private static int Number(string text) => ProtocolNumber.TryParse(text, out var number, out _) ? number : throw new FormatException(text);
}

/// <summary>Destinations, a protocol (-1: any) and ports, each from first to last.</summary>
internal readonly record struct Box(UInt128 FirstAddress, UInt128 LastAddress, int Protocol, int FirstPort, int LastPort)
{
    /// <summary>One address and either one port of a protocol, or everything sent to it.</summary>
    public bool IsExact => FirstAddress == LastAddress && (IsWholeAddress || (Protocol != ProtocolNumber.Any && FirstPort == LastPort));

    /// <summary>Every protocol and port.</summary>
    public bool IsWholeAddress => Protocol == ProtocolNumber.Any && FirstPort == 0 && LastPort == 65535;

    public bool Overlaps(in Box other) =>
        FirstAddress <= other.LastAddress && LastAddress >= other.FirstAddress
        && (Protocol == ProtocolNumber.Any || other.Protocol == ProtocolNumber.Any || Protocol == other.Protocol)
        && FirstPort <= other.LastPort && LastPort >= other.FirstPort;
}
