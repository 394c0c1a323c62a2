using System.Buffers.Binary;

namespace Mano.MecPlatform.Dns;

/// <summary>What a received message turned out to be.</summary>
/// <param name="Query">Set if it is a query that can be answered.</param>
/// <param name="Refusal">Else the code to answer with, or null to say nothing.</param>
internal readonly record struct DnsReading(DnsQuery? Query, DnsResponseCode? Refusal)
{
    public static readonly DnsReading Silence;

    public static DnsReading Refused(DnsResponseCode code) => new(null, code);
}

/// <summary>Reads queries. Pure; whatever the bytes, it ends after one pass over them and never throws.</summary>
internal static class DnsQueryReader
{
    public static DnsReading Read(ReadOnlyMemory<byte> message)
    {
        var bytes = message.Span;
        if (bytes.Length < DnsWire.HeaderLength)
        {
            return DnsReading.Silence;
        }

        var flags = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if ((flags & DnsWire.ResponseBit) != 0)
        {
            return DnsReading.Silence; // an answer sent to a server: answering it could start a loop
        }

        if ((flags & DnsWire.OpcodeMask) != 0)
        {
            return DnsReading.Refused(DnsResponseCode.NotImplemented);
        }

        return BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) == 1
            ? ReadQuestion(message, flags)
            : DnsReading.Refused(DnsResponseCode.FormatError); // several questions: nobody agrees what the answer would mean
    }

    private static DnsReading ReadQuestion(ReadOnlyMemory<byte> message, int flags)
    {
        var bytes = message.Span;
        var at = DnsWire.HeaderLength;
        if (!DnsNameReader.TryRead(bytes, ref at, out var name) || at + 4 > bytes.Length)
        {
            return DnsReading.Refused(DnsResponseCode.FormatError);
        }

        var type = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        var @class = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
        at += 4;
        var question = message[DnsWire.HeaderLength..at];
        if (!TryReadExtension(bytes, at, out var extension))
        {
            return DnsReading.Refused(DnsResponseCode.FormatError);
        }

        var id = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return new(new(id, flags, new(name, (DnsType)type, @class), question, extension), null);
    }

    /// <summary>Walks the records after the question; finds at most one OPT, at the root, in the additional section.</summary>
    private static bool TryReadExtension(ReadOnlySpan<byte> bytes, int at, out DnsExtension? extension)
    {
        extension = null;
        var before = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) + BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]);
        var all = before + BinaryPrimitives.ReadUInt16BigEndian(bytes[10..]);
        for (var i = 0; i < all; i++)
        {
            if (!DnsRecordReader.TryRead(bytes, ref at, out var record))
            {
                return false;
            }

            if (record.Type != DnsType.Opt)
            {
                continue;
            }

            if (i < before || extension is not null || record.Name.Text.Length != 0)
            {
                return false;
            }

            extension = new(record.Class, (int)((record.Ttl >> 16) & 0xff), (record.Ttl & 0x8000) != 0);
        }

        return true;
    }
}
