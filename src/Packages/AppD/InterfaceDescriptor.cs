using System.Text.Json.Serialization;

namespace Mano.Packages.AppD;

/// <summary>Where a traffic rule sends packets (MEC 010-2 §6.2.1.11).</summary>
public sealed record InterfaceDescriptor
{
    public required InterfaceType InterfaceType { get; init; }

    /// <summary>Present if and only if the type is TUNNEL.</summary>
    public TunnelInfo? TunnelInfo { get; init; }
    [JsonPropertyName("srcMACAddress")] public string? SrcMacAddress { get; init; }
    [JsonPropertyName("dstMACAddress")] public string? DstMacAddress { get; init; }

    /// <summary>Unspecified (0.0.0.0, ::) or absent: the application instance's own address.</summary>
    [JsonPropertyName("dstIPAddress")] public string? DstIpAddress { get; init; }
}

/// <summary>Kinds of interface.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<InterfaceType>))]
public enum InterfaceType
{
    [JsonStringEnumMemberName("TUNNEL")] Tunnel,
    [JsonStringEnumMemberName("MAC")] Mac,
    [JsonStringEnumMemberName("IP")] Ip,
}

/// <summary>A tunnel (MEC 010-2 §6.2.1.12).</summary>
public sealed record TunnelInfo
{
    public required TunnelType TunnelType { get; init; }
    public required string TunnelDstAddress { get; init; }
    public required string TunnelSrcAddress { get; init; }
    public IReadOnlyDictionary<string, string> TunnelSpecificData { get; init; } = Nothing.Pairs;
}

/// <summary>Kinds of tunnel; MEC 011 spells the first GTP_U.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TunnelType>))]
public enum TunnelType
{
    [JsonStringEnumMemberName("GTP-U")] GtpU,
    [JsonStringEnumMemberName("GRE")] Gre,
}
