using System.Buffers.Binary;

namespace Mano.MecPlatform.Traffic.GtpU;

/// <summary>TS 29.281 table 6.1-1.</summary>
internal enum GtpMessageType : byte
{
    EchoRequest = 1,
    EchoResponse = 2,
    ErrorIndication = 26,
    SupportedExtensionHeaders = 31,
    EndMarker = 254,
    GPdu = 255,
}

/// <summary>What was found of a datagram.</summary>
internal enum GtpReading
{
    Message,

    /// <summary>Too short, lengths that do not fit, or GTP'.</summary>
    Malformed,

    /// <summary>A GTP of another version.</summary>
    OtherVersion,

    /// <summary>An extension header that the receiver must understand, and we do not.</summary>
    UnknownExtension,
}

/// <summary>A GTP-U message as it came (TS 29.281 §5). Pure; no datagram makes it throw.</summary>
internal readonly ref struct GtpMessage
{
    public const int HeaderLength = 8;

    /// <summary>Sequence number, N-PDU number and next extension header: all three are there if one is.</summary>
    private const int OptionalLength = 4;
    private const byte AnyOptional = 0b111;
    private const byte Extension = 0b100;
    private const byte HasSequence = 0b010;

    /// <summary>A service class indicator, a UDP port and a PDU session container are read over: nothing here depends on them.</summary>
    private static ReadOnlySpan<byte> Understood => [0x20, 0x40, 0x85];

    public GtpMessageType Type { get; private init; }

    public uint Teid { get; private init; }

    /// <summary>Null where the message has none.</summary>
    public ushort? Sequence { get; private init; }

    /// <summary>The inner packet, or the information elements.</summary>
    public ReadOnlySpan<byte> Content { get; private init; }

    /// <summary>The extension headers that we know, as a Supported Extension Headers Notification lists them.</summary>
    public static ReadOnlySpan<byte> KnownExtensions => Understood;

    public static GtpReading TryRead(ReadOnlySpan<byte> datagram, out GtpMessage message)
    {
        message = default;
        if (datagram.Length < HeaderLength)
        {
            return GtpReading.Malformed;
        }

        var flags = datagram[0];
        if (flags >> 5 != 1)
        {
            return GtpReading.OtherVersion;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        if ((flags & 0x10) == 0 || length > datagram.Length - HeaderLength)
        {
            return GtpReading.Malformed;
        }

        var rest = datagram.Slice(HeaderLength, length);
        ushort? sequence = null;
        if ((flags & AnyOptional) != 0)
        {
            if (rest.Length < OptionalLength)
            {
                return GtpReading.Malformed;
            }

            sequence = (flags & HasSequence) != 0 ? BinaryPrimitives.ReadUInt16BigEndian(rest) : null;
            var next = (flags & Extension) != 0 ? rest[3] : (byte)0;
            rest = rest[OptionalLength..];
            if (SkipExtensions(ref rest, next) is not GtpReading.Message and var wrong)
            {
                return wrong;
            }
        }

        message = new() { Type = (GtpMessageType)datagram[1], Teid = BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]), Sequence = sequence, Content = rest };
        return GtpReading.Message;
    }

    /// <summary>Writes the header of a G-PDU before an inner packet of this length.</summary>
    public static void WriteGPdu(Span<byte> header, uint teid, int length)
    {
        header[0] = 0x30;
        header[1] = (byte)GtpMessageType.GPdu;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)length);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], teid);
    }

    /// <summary>Each begins with its length in units of four bytes and ends with the type of the next (§5.2.1).</summary>
    private static GtpReading SkipExtensions(ref ReadOnlySpan<byte> rest, byte type)
    {
        while (type != 0)
        {
            if (rest.Length == 0 || rest[0] == 0 || rest[0] * 4 > rest.Length)
            {
                return GtpReading.Malformed;
            }

            if ((type & 0x80) != 0 && !Understood.Contains(type))
            {
                return GtpReading.UnknownExtension;
            }

            var length = rest[0] * 4;
            type = rest[length - 1];
            rest = rest[length..];
        }

        return GtpReading.Message;
    }
}
