using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Numerics;

namespace Mano.MecPlatform.Traffic;

/// <summary>
/// Addresses of one family from first to last: <c>a.b.c.d</c>, <c>prefix/len</c>, <c>prefix/mask</c>, <c>first-last</c>
/// (each end an address or a prefix: MEC 011 knows ranges of IPv6 prefixes).
/// </summary>
internal readonly record struct AddressRange(AddressFamily Family, UInt128 First, UInt128 Last)
{
    public bool Contains(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == Family && NumberOf(plain) is var number && number >= First && number <= Last;
    }

    public static bool TryParse(string text, out AddressRange range, [NotNullWhen(false)] out string? fault)
    {
        fault = null;
        var ends = text.Split('-', StringSplitOptions.TrimEntries);
        if (ends.Length > 2 || !TryParsePrefix(ends[0], out range) || !TryParsePrefix(ends[^1], out var upper))
        {
            range = default;
            fault = $"'{text}' is not an address (192.0.2.1), a prefix (192.0.2.0/24) or a range (192.0.2.1-192.0.2.9), of IPv4 or IPv6.";
            return false;
        }

        if (range.Family != upper.Family || range.First > upper.Last)
        {
            fault = $"'{text}' is not a range: both ends must be of one family, and the first must not be above the last.";
            return false;
        }

        range = range with { Last = upper.Last };
        return true;
    }

    private static bool TryParsePrefix(string text, out AddressRange range)
    {
        range = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!TryParseAddress(slash < 0 ? text : text[..slash], out var address))
        {
            return false;
        }

        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        if (!TryParseLength(slash < 0 ? null : text[(slash + 1)..], bits, out var length))
        {
            return false;
        }

        var span = length == 0 ? (bits == 128 ? UInt128.MaxValue : (UInt128)uint.MaxValue) : (UInt128.One << (bits - length)) - 1;
        var first = NumberOf(address) & ~span;
        range = new(address.AddressFamily, first, first | span);
        return true;
    }

    private static bool TryParseLength(string? text, int bits, out int length)
    {
        length = bits;
        if (text is null)
        {
            return true;
        }

        if (bits == 32 && text.Contains('.', StringComparison.Ordinal))
        {
            var holes = TryParseAddress(text, out var mask) ? ~(uint)NumberOf(mask) : uint.MaxValue;
            length = 32 - BitOperations.PopCount(holes);
            return (holes & (holes + 1)) == 0 && TryParseAddress(text, out _); // ones first, zeros after
        }

        return int.TryParse(text, System.Globalization.NumberStyles.None, null, out length) && length <= bits;
    }

    /// <summary>Only the written-out forms: IPAddress.Parse alone would take "1" and "0x7f.1" too.</summary>
    private static bool TryParseAddress(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        var plain = text.Contains(':', StringComparison.Ordinal) ? !text.AsSpan().ContainsAny('%', '[') : text.Count(c => c == '.') == 3;
        if (plain && IPAddress.TryParse(text, out address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == text))
        {
            return true;
        }

        address = null;
        return false;
    }

    private static UInt128 NumberOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes) >> (8 * (16 - written));
    }
}
