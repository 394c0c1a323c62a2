using System.Text.Json.Serialization;

namespace Mano.Packages.AppD;

/// <summary>
/// One alternative of a rule (MEC 010-2 §6.2.1.10): the fields that are filled must all match, and one value of each
/// suffices. Addresses are single, prefixes or ranges <c>a-b</c>; ports single or ranges.
/// </summary>
public sealed record TrafficFilter
{
    public IReadOnlyList<string> SrcAddress { get; init; } = [];
    public IReadOnlyList<string> DstAddress { get; init; } = [];
    public IReadOnlyList<string> SrcPort { get; init; } = [];
    public IReadOnlyList<string> DstPort { get; init; } = [];

    /// <summary>Upper case: TCP, UDP, SCTP, ICMP, ICMPV6, GRE, ESP, AH, IGMP, ANY, or a number 0..255.</summary>
    public IReadOnlyList<string> Protocol { get; init; } = [];
    public IReadOnlyList<string> Tag { get; init; } = [];
    public IReadOnlyList<string> Uri { get; init; } = [];
    public IReadOnlyList<string> PacketLabel { get; init; } = [];
    public IReadOnlyList<string> SrcTunnelAddress { get; init; } = [];
    public IReadOnlyList<string> TgtTunnelAddress { get; init; } = [];
    public IReadOnlyList<string> SrcTunnelPort { get; init; } = [];
    public IReadOnlyList<string> DstTunnelPort { get; init; } = [];

    /// <summary>"00" downlink, "01" uplink (MEC 037 only). Null: both.</summary>
    public string? Direction { get; init; }

    /// <summary>QCI of the bearer, at least 1.</summary>
    [JsonPropertyName("qCI")] public int? Qci { get; init; }

    /// <summary>DSCP of IPv4 packets, 0..63.</summary>
    [JsonPropertyName("dSCP")] public int? Dscp { get; init; }

    /// <summary>Traffic class of IPv6 packets, 0..255.</summary>
    [JsonPropertyName("tC")] public int? Tc { get; init; }
}
