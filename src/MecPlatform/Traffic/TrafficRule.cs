using System.Text.Json.Serialization;

namespace Mano.MecPlatform.Traffic;

/// <summary>A traffic rule as it was configured (MEC 011 TrafficRule without its state; MEC 010-2 TrafficRuleDescriptor).</summary>
/// <param name="Id">Unique within the application instance.</param>
/// <param name="FilterType">Whether a flow is decided once or each packet on its own.</param>
/// <param name="Priority">0 to 255; 0 is the highest.</param>
/// <param name="Filters">Alternatives.</param>
/// <param name="Action">What to do with what matches.</param>
/// <param name="Destinations">Where to; none with FORWARD means the instance itself.</param>
internal sealed record TrafficRule(
    string Id, FilterType FilterType, int Priority, IReadOnlyList<TrafficFilter> Filters, RuleAction Action, IReadOnlyList<RuleDestination> Destinations);

/// <summary>MEC 011 TrafficRule.filterType.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FilterType>))]
internal enum FilterType
{
    [JsonStringEnumMemberName("FLOW")] Flow = 1,
    [JsonStringEnumMemberName("PACKET")] Packet,
}

/// <summary>MEC 011 TrafficRule.action.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RuleAction>))]
internal enum RuleAction
{
    [JsonStringEnumMemberName("DROP")] Drop = 1,
    [JsonStringEnumMemberName("FORWARD_DECAPSULATED")] ForwardDecapsulated,
    [JsonStringEnumMemberName("FORWARD_ENCAPSULATED")] ForwardEncapsulated,
    [JsonStringEnumMemberName("PASSTHROUGH")] Passthrough,
    [JsonStringEnumMemberName("DUPLICATE_DECAPSULATED")] DuplicateDecapsulated,
    [JsonStringEnumMemberName("DUPLICATE_ENCAPSULATED")] DuplicateEncapsulated,
}

/// <summary>One alternative: each field given must match, and of a field's values one must.</summary>
internal sealed record TrafficFilter
{
    public IReadOnlyList<string> SrcAddress { get; init; } = [];

    public IReadOnlyList<string> DstAddress { get; init; } = [];

    public IReadOnlyList<string> SrcPort { get; init; } = [];

    public IReadOnlyList<string> DstPort { get; init; } = [];

    public IReadOnlyList<string> Protocol { get; init; } = [];

    public IReadOnlyList<string> Tag { get; init; } = [];

    public IReadOnlyList<string> Uri { get; init; } = [];

    public IReadOnlyList<string> PacketLabel { get; init; } = [];

    public IReadOnlyList<string> SrcTunnelAddress { get; init; } = [];

    public IReadOnlyList<string> TgtTunnelAddress { get; init; } = [];

    public IReadOnlyList<string> SrcTunnelPort { get; init; } = [];

    public IReadOnlyList<string> DstTunnelPort { get; init; } = [];

    [JsonPropertyName("qCI")]
    public int? Qci { get; init; }

    [JsonPropertyName("dSCP")]
    public int? Dscp { get; init; }

    [JsonPropertyName("tC")]
    public int? TrafficClass { get; init; }
}

/// <summary>Where a rule sends traffic (MEC 011 DestinationInterface).</summary>
internal sealed record RuleDestination(InterfaceType InterfaceType)
{
    public Tunnel? TunnelInfo { get; init; }

    public string? SrcMacAddress { get; init; }

    public string? DstMacAddress { get; init; }

    public string? DstIpAddress { get; init; }
}

/// <summary>MEC 011 DestinationInterface.interfaceType.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<InterfaceType>))]
internal enum InterfaceType
{
    [JsonStringEnumMemberName("TUNNEL")] Tunnel = 1,
    [JsonStringEnumMemberName("MAC")] Mac,
    [JsonStringEnumMemberName("IP")] Ip,
}

/// <summary>MEC 011 TunnelInfo.</summary>
internal sealed record Tunnel(TunnelType TunnelType, string? TunnelDstAddress, string? TunnelSrcAddress)
{
    /// <summary>What the standards leave to the kind of tunnel; null: nothing.</summary>
    public IReadOnlyDictionary<string, string>? TunnelSpecificData { get; init; }
}

/// <summary>MEC 011 TunnelInfo.tunnelType.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TunnelType>))]
internal enum TunnelType
{
    [JsonStringEnumMemberName("GTP_U")] GtpU = 1,
    [JsonStringEnumMemberName("GRE")] Gre,
}
