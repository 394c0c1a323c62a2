using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Mano.MecPlatform.Traffic.GtpU;

/// <summary>A GTP-U tunnel between this gateway and a peer, as a rule's destination interface names it.</summary>
/// <param name="Local">The gateway's end (tunnelSrcAddress).</param>
/// <param name="Peer">The other end (tunnelDstAddress), of the same family.</param>
/// <param name="PeerTeid">Under which the peer knows the tunnel: what we send carries it (tunnelSpecificData teid).</param>
/// <param name="LocalTeid">Under which we know it: what we are sent carries it (tunnelSpecificData localTeid; absent: the same).</param>
internal sealed record GtpTunnel(IPAddress Local, IPAddress Peer, uint PeerTeid, uint LocalTeid)
{
    /// <summary>UDP port of every GTP-U end (TS 29.281 §4.4.2).</summary>
    public const int Port = 2152;

    /// <summary>Identifies the tunnel in files and logs.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Local} {Peer} {PeerTeid} {LocalTeid}");

    /// <summary>The tunnel of a rule that forwards, if it names one that can be made.</summary>
    public static GtpTunnel? Of(TrafficRule rule) =>
        rule.Action is RuleAction.ForwardDecapsulated or RuleAction.ForwardEncapsulated && rule.Destinations is [{ InterfaceType: InterfaceType.Tunnel } destination]
        && TryRead(destination.TunnelInfo, out var tunnel) is null ? tunnel : null;

    /// <summary>Reads a tunnelInfo; says in a sentence why it cannot be made, or null.</summary>
    public static string? TryRead(Tunnel? info, out GtpTunnel? tunnel)
    {
        tunnel = null;
        if (info is not { TunnelType: TunnelType.GtpU })
        {
            return "dstInterface.tunnelInfo.tunnelType: this gateway has no GRE (its kernel need not have it); GTP_U, or an interface of type IP, would be right.";
        }

        if (!TryAddress(info.TunnelDstAddress, out var peer) || !TryAddress(info.TunnelSrcAddress, out var local) || peer.AddressFamily != local.AddressFamily)
        {
            return "dstInterface.tunnelInfo: tunnelDstAddress (the peer's) and tunnelSrcAddress (the gateway's own) are two addresses of one family, neither unspecified nor multicast; "
                + $"'{info.TunnelDstAddress}' and '{info.TunnelSrcAddress}' were given.";
        }

        var data = info.TunnelSpecificData;
        var given = Value(data, "teid");
        if (!TryTeid(given, out var peerTeid) || !TryTeid(Value(data, "localTeid") ?? given, out var localTeid))
        {
            return "dstInterface.tunnelInfo.tunnelSpecificData: teid is the tunnel's identifier at the peer, from 1 to 4294967295 or 0x1 to 0xffffffff; localTeid, likewise, that at the gateway if it is another.";
        }

        tunnel = new(local, peer, peerTeid, localTeid);
        return null;
    }

    private static string? Value(IReadOnlyDictionary<string, string>? data, string name) =>
        data?.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static bool TryAddress(string? text, out IPAddress address)
    {
        address = IPAddress.None;
        return AddressRange.TryParse(text ?? string.Empty, out var range, out _) && range.First == range.Last && range.First != 0
            && IPAddress.TryParse(text, out address!) && !address.IsIPv6Multicast
            && !(address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] >= 224);
    }

    /// <summary>Zero belongs to messages about the path.</summary>
    private static bool TryTeid(string? text, out uint teid)
    {
        teid = 0;
        var plain = text?.Trim() ?? string.Empty;
        return (plain.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? uint.TryParse(plain[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out teid)
            : uint.TryParse(plain, NumberStyles.None, CultureInfo.InvariantCulture, out teid)) && teid != 0;
    }
}

/// <summary>A tunnel with the number by which its device, its route and its packets' marks are known in the kernel.</summary>
internal sealed record NumberedTunnel(int Number, GtpTunnel Tunnel)
{
    /// <summary>What names of devices of ours begin with.</summary>
    public const string DevicePrefix = "mgtp";

    /// <summary>Above every number of a rule.</summary>
    private const int MarkBit = 0x01000000;

    public string Device => DeviceOf(Number);

    /// <summary>The packets' mark, and the routing table that it chooses.</summary>
    public int Mark => MarkOf(Number);

    public static string DeviceOf(int number) => DevicePrefix + number.ToString(CultureInfo.InvariantCulture);

    public static int MarkOf(int number) => MarkBit | number;

    /// <summary>Whether a mark or a table is one of ours.</summary>
    public static bool IsMark(long mark) => mark is > MarkBit and <= (MarkBit | Nft.Marks.LastNumber);
}
