using System.Buffers.Binary;
using System.Net;

namespace Mano.MecPlatform.Dns;

/// <summary>What an upstream answered, as far as the gateway needs it.</summary>
internal sealed record DnsResponse(int Id, bool Truncated, DnsResponseCode Code, IReadOnlyList<IPAddress> Addresses);

/// <summary>Reads the addresses out of a response. Pure; never throws.</summary>
internal static class DnsResponseReader
{
    public static DnsResponse? Read(ReadOnlySpan<byte> message)
    {
        if (message.Length < DnsWire.HeaderLength)
        {
            return null;
        }

        var flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        var questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        var at = DnsWire.HeaderLength;
        if ((flags & DnsWire.ResponseBit) == 0 || questions > 1 || (questions == 1 && !TrySkipQuestion(message, ref at)))
        {
            return null;
        }

        var addresses = new List<IPAddress>();
        for (var left = BinaryPrimitives.ReadUInt16BigEndian(message[6..]); left > 0; left--)
        {
            if (!DnsRecordReader.TryRead(message, ref at, out var record))
            {
                return null;
            }

            if ((record.Type, record.DataLength) is (DnsType.A, 4) or (DnsType.Aaaa, 16))
            {
                addresses.Add(new(message.Slice(record.DataStart, record.DataLength)));
            }
        }

        var id = BinaryPrimitives.ReadUInt16BigEndian(message);
        return new(id, (flags & DnsWire.TruncatedBit) != 0, (DnsResponseCode)(flags & 0xf), addresses);
    }

    private static bool TrySkipQuestion(ReadOnlySpan<byte> message, ref int at)
    {
        if (!DnsNameReader.TryRead(message, ref at, out _) || at + 4 > message.Length)
        {
            return false;
        }

        at += 4;
        return true;
    }
}
