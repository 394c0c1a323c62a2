using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Mano.MecPlatform.Dns;

/// <summary>Reads names, following compression (RFC 1035 4.1.4).</summary>
internal static class DnsNameReader
{
    private const int MaxPointers = 127;

    /// <summary>
    /// Reads the name at <paramref name="at"/> and moves behind it. Every pointer must lead further back than the one
    /// before, so a loop cannot be written; and there are no more than a name has labels, so that a message full of pointers
    /// to pointers costs no more than one full of names.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int at, out DomainName name)
    {
        name = default;
        var text = new StringBuilder();
        var (position, floor, end, length, pointers) = (at, at, -1, 0, 0);
        while (position < message.Length)
        {
            var octet = message[position];
            if (octet == 0)
            {
                at = end < 0 ? position + 1 : end;
                name = DomainName.FromWire(text.ToString());
                return true;
            }

            if (octet >= 0xc0)
            {
                if (position + 1 >= message.Length)
                {
                    return false;
                }

                var target = BinaryPrimitives.ReadUInt16BigEndian(message[position..]) & 0x3fff;
                if (target >= floor || target < DnsWire.HeaderLength || ++pointers > MaxPointers)
                {
                    return false;
                }

                end = end < 0 ? position + 2 : end;
                (position, floor) = (target, target);
                continue;
            }

            length += octet + 1;
            if (octet > 63 || length >= DnsWire.MaxNameLength || position + 1 + octet > message.Length)
            {
                return false;
            }

            AppendLabel(text, message.Slice(position + 1, octet));
            position += octet + 1;
        }

        return false;
    }

    /// <summary>Lower case; what is not a plain character becomes <c>\ddd</c>, so no two names look alike.</summary>
    private static void AppendLabel(StringBuilder text, ReadOnlySpan<byte> label)
    {
        if (text.Length > 0)
        {
            text.Append('.');
        }

        foreach (var octet in label)
        {
            if (octet is > 0x20 and < 0x7f and not (byte)'.' and not (byte)'\\')
            {
                text.Append(char.ToLowerInvariant((char)octet));
            }
            else
            {
                text.Append('\\').Append(octet.ToString("000", CultureInfo.InvariantCulture));
            }
        }
    }
}

/// <summary>One resource record; its data is a range of the message, because names in it may point elsewhere.</summary>
internal readonly record struct DnsRecord(DomainName Name, DnsType Type, int Class, uint Ttl, int DataStart, int DataLength);

/// <summary>Reads resource records.</summary>
internal static class DnsRecordReader
{
    public static bool TryRead(ReadOnlySpan<byte> message, ref int at, out DnsRecord record)
    {
        record = default;
        if (!DnsNameReader.TryRead(message, ref at, out var name) || at + 10 > message.Length)
        {
            return false;
        }

        var rest = message[at..];
        var length = BinaryPrimitives.ReadUInt16BigEndian(rest[8..]);
        at += 10;
        if (at + length > message.Length)
        {
            return false;
        }

        record = new(
            name,
            (DnsType)BinaryPrimitives.ReadUInt16BigEndian(rest),
            BinaryPrimitives.ReadUInt16BigEndian(rest[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(rest[4..]),
            at,
            length);
        at += length;
        return true;
    }
}
