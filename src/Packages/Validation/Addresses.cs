using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Mano.Packages.Validation;

/// <summary>Addresses, prefixes, ranges and ports as rules write them.</summary>
internal static class Addresses
{
    internal const string MatchExpected = "an IP address, a prefix (192.0.2.0/24) or a range (192.0.2.1-192.0.2.9)";
    internal const string PortExpected = "a port 1..65535 or a range (8080-8090)";

    /// <summary>Strict: IPAddress.TryParse alone takes "1" for 0.0.0.1, and scope ids.</summary>
    internal static bool IsAddress(string text, AddressFamily? family = null) =>
        Parse(text) is { } address && (family is null || address.AddressFamily == family);

    internal static bool IsAddressMatch(string text)
    {
        if (text.Contains('/', StringComparison.Ordinal))
        {
            var parts = text.Split('/');
            return parts.Length == 2 && Parse(parts[0]) is { } address
                && byte.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                && length <= (address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        }

        var ends = text.Split('-', StringSplitOptions.TrimEntries);
        return ends.Length switch
        {
            1 => Parse(ends[0]) is not null,
            2 => Parse(ends[0]) is { } from && Parse(ends[1]) is { } to && from.AddressFamily == to.AddressFamily
                && from.GetAddressBytes().AsSpan().SequenceCompareTo(to.GetAddressBytes()) <= 0,
            _ => false,
        };
    }

    internal static bool IsPortMatch(string text)
    {
        var ends = text.Split('-', StringSplitOptions.TrimEntries);
        return ends.Length is 1 or 2 && Port(ends[0]) is { } from && Port(ends[^1]) is { } to && from <= to;
    }

    internal static bool IsMac(string text)
    {
        var bytes = text.Split(text.Contains(':', StringComparison.Ordinal) ? ':' : '-');
        return bytes.Length == 6 && bytes.All(b => b.Length == 2 && b.All(char.IsAsciiHexDigit));
    }

    private static IPAddress? Parse(string text)
    {
        var looksRight = text.Contains(':', StringComparison.Ordinal)
            ? text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.')
            : text.Split('.') is { Length: 4 } parts && parts.All(p => p.Length is >= 1 and <= 3 && p.All(char.IsAsciiDigit) && (p.Length == 1 || p[0] != '0'));
        return looksRight && IPAddress.TryParse(text, out var address) ? address : null;
    }

    private static int? Port(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port : null;
}
