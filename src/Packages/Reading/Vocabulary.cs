using Mano.Packages.AppD;

namespace Mano.Packages.Reading;

/// <summary>The words of a closed set, with the spellings of older editions.</summary>
internal sealed class Vocabulary<T>(Dictionary<string, T> words, Dictionary<string, string> old) where T : struct, Enum
{
    /// <summary>The value, or null: absent, or a fault told.</summary>
    internal T? Read(Attributes attributes, params ReadOnlySpan<string> names)
    {
        if (attributes.Text(names) is not { } text)
        {
            return null;
        }

        var word = text.ToUpperInvariant();
        if (old.TryGetValue(word, out var today))
        {
            attributes.Context.Faults.Warn("old-spelling", attributes.PlaceOf(names), $"{text} is an old spelling; it is read as {today}.");
            word = today;
        }

        if (words.TryGetValue(word, out var value))
        {
            return value;
        }

        attributes.Context.Faults.Error("bad-value", attributes.PlaceOf(names), $"\"{text}\" is none of {string.Join(", ", words.Keys)}.");
        return null;
    }

    internal T Required(Attributes attributes, params ReadOnlySpan<string> names) =>
        Read(attributes, names) ?? (attributes.Has(names) ? default : attributes.Missing<T>(names, default));
}

/// <summary>The closed sets of MEC 010-2.</summary>
internal static class Words
{
    internal static readonly Vocabulary<TrafficAction> TrafficAction = new(new()
    {
        ["DROP"] = AppD.TrafficAction.Drop,
        ["FORWARD_DECAPSULATED"] = AppD.TrafficAction.ForwardDecapsulated,
        ["FORWARD_ENCAPSULATED"] = AppD.TrafficAction.ForwardEncapsulated,
        ["PASSTHROUGH"] = AppD.TrafficAction.Passthrough,
        ["DUPLICATE_DECAPSULATED"] = AppD.TrafficAction.DuplicateDecapsulated,
        ["DUPLICATE_ENCAPSULATED"] = AppD.TrafficAction.DuplicateEncapsulated,
    }, new()
    {
        ["FORWARD_AS_IS"] = "FORWARD_ENCAPSULATED",
        ["DUPLICATE_AS_IS"] = "DUPLICATE_ENCAPSULATED",
        ["DUPLICATED_DECAPSULATED"] = "DUPLICATE_DECAPSULATED",
        ["DUPLICATED_ENCAPSULATED"] = "DUPLICATE_ENCAPSULATED",
    });

    internal static readonly Vocabulary<FilterType> FilterType =
        new(new() { ["FLOW"] = AppD.FilterType.Flow, ["PACKET"] = AppD.FilterType.Packet }, []);

    internal static readonly Vocabulary<InterfaceType> InterfaceType = new(new()
    {
        ["TUNNEL"] = AppD.InterfaceType.Tunnel, ["MAC"] = AppD.InterfaceType.Mac, ["IP"] = AppD.InterfaceType.Ip,
    }, []);

    internal static readonly Vocabulary<TunnelType> TunnelType = new(
        new() { ["GTP-U"] = AppD.TunnelType.GtpU, ["GRE"] = AppD.TunnelType.Gre },
        new() { ["GTP_U"] = "GTP-U", ["GTPU"] = "GTP-U" });

    internal static readonly Vocabulary<IpAddressType> IpAddressType = new(
        new() { ["IP_V4"] = AppD.IpAddressType.IpV4, ["IP_V6"] = AppD.IpAddressType.IpV6 },
        new() { ["IPV4"] = "IP_V4", ["IPV6"] = "IP_V6" });

    internal static readonly Vocabulary<PortProtocol> PortProtocol = new(new()
    {
        ["TCP"] = AppD.PortProtocol.Tcp, ["UDP"] = AppD.PortProtocol.Udp, ["SCTP"] = AppD.PortProtocol.Sctp,
    }, []);

    internal static readonly Vocabulary<StorageType> StorageType = new(new()
    {
        ["BLOCK"] = AppD.StorageType.Block, ["OBJECT"] = AppD.StorageType.ObjectStore, ["FILE"] = AppD.StorageType.File,
    }, []);
}
