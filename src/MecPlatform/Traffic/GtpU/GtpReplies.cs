using System.Buffers.Binary;
using System.Net;

namespace Mano.MecPlatform.Traffic.GtpU;

/// <summary>The messages that an end of GTP-U sends on its own (TS 29.281 §7). Each has a sequence number; TEID 0 is that of the path.</summary>
internal static class GtpReplies
{
    private const byte WithSequence = 0x32;
    private const int SequencePart = 4;

    /// <summary>Answers an Echo Request; Recovery is always 0 (§8.2).</summary>
    public static byte[] EchoResponse(ushort sequence) => Message(GtpMessageType.EchoResponse, sequence, [14, 0]);

    /// <summary>"No tunnel of mine has this TEID": who asked may stop (§7.3.1).</summary>
    /// <param name="teid">The one that was asked for.</param>
    /// <param name="local">The address at which it was.</param>
    public static byte[] ErrorIndication(uint teid, IPAddress local)
    {
        var address = local.GetAddressBytes();
        var elements = new byte[5 + 3 + address.Length];
        elements[0] = 16; // Tunnel Endpoint Identifier Data I
        BinaryPrimitives.WriteUInt32BigEndian(elements.AsSpan(1), teid);
        elements[5] = 133; // GTP-U Peer Address
        BinaryPrimitives.WriteUInt16BigEndian(elements.AsSpan(6), (ushort)address.Length);
        address.CopyTo(elements, 8);
        return Message(GtpMessageType.ErrorIndication, 0, elements);
    }

    /// <summary>Lists the extension headers that we understand, to who sent one that we do not (§7.2.3).</summary>
    public static byte[] SupportedExtensionHeaders() =>
        Message(GtpMessageType.SupportedExtensionHeaders, 0, [141, (byte)GtpMessage.KnownExtensions.Length, .. GtpMessage.KnownExtensions]);

    private static byte[] Message(GtpMessageType type, ushort sequence, ReadOnlySpan<byte> elements)
    {
        var message = new byte[GtpMessage.HeaderLength + SequencePart + elements.Length];
        message[0] = WithSequence;
        message[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)(SequencePart + elements.Length));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(GtpMessage.HeaderLength), sequence);
        elements.CopyTo(message.AsSpan(GtpMessage.HeaderLength + SequencePart));
        return message;
    }
}
