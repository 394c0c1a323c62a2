using System.Text.Json.Serialization;

namespace Mano.Packages.AppD;

/// <summary>What the host's data plane does with packets that match (MEC 010-2 §6.2.1.9).</summary>
public sealed record TrafficRuleDescriptor
{
    public required string TrafficRuleId { get; init; }
    public required FilterType FilterType { get; init; }

    /// <summary>0..255; 0 is the highest.</summary>
    public required int Priority { get; init; }

    /// <summary>Alternatives; at least one.</summary>
    public required IReadOnlyList<TrafficFilter> TrafficFilter { get; init; }
    public required TrafficAction Action { get; init; }

    /// <summary>
    /// None for DROP, one for FORWARD_* and PASSTHROUGH, two for DUPLICATE_*. An IP interface with the unspecified
    /// address (0.0.0.0 or ::) or without an address means the application instance itself.
    /// </summary>
    public IReadOnlyList<InterfaceDescriptor> DstInterface { get; init; } = [];
}

/// <summary>Whether both directions of a flow share the rule's context.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FilterType>))]
public enum FilterType
{
    [JsonStringEnumMemberName("FLOW")] Flow,
    [JsonStringEnumMemberName("PACKET")] Packet,
}

/// <summary>Actions of a traffic rule, in the spelling of MEC 010-2 v3.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrafficAction>))]
public enum TrafficAction
{
    [JsonStringEnumMemberName("DROP")] Drop,
    [JsonStringEnumMemberName("FORWARD_DECAPSULATED")] ForwardDecapsulated,
    [JsonStringEnumMemberName("FORWARD_ENCAPSULATED")] ForwardEncapsulated,
    [JsonStringEnumMemberName("PASSTHROUGH")] Passthrough,
    [JsonStringEnumMemberName("DUPLICATE_DECAPSULATED")] DuplicateDecapsulated,
    [JsonStringEnumMemberName("DUPLICATE_ENCAPSULATED")] DuplicateEncapsulated,
}
