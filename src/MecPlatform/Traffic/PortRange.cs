using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Mano.MecPlatform.Traffic;

/// <summary>Ports from first to last: <c>n</c> or <c>first-last</c>.</summary>
internal readonly record struct PortRange(int First, int Last)
{
    public bool Contains(int port) => port >= First && port <= Last;

    public static bool TryParse(string text, out PortRange range, [NotNullWhen(false)] out string? fault)
    {
        var ends = text.Split('-', StringSplitOptions.TrimEntries);
        if (ends.Length <= 2 && TryParsePort(ends[0], out var first) && TryParsePort(ends[^1], out var last) && first <= last)
        {
            range = new(first, last);
            fault = null;
            return true;
        }

        range = default;
        fault = $"'{text}' is not a port (0 to 65535) or a range of ports (8000-8999).";
        return false;
    }

    private static bool TryParsePort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535;
}

/// <summary>The protocols that a filter names, by IANA number.</summary>
internal static class ProtocolNumber
{
    public const int Tcp = 6;

    /// <summary>"ANY".</summary>
    public const int Any = -1;

    private static readonly Dictionary<string, int> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ANY"] = Any,
        ["ICMP"] = 1,
        ["TCP"] = Tcp,
        ["UDP"] = 17,
        ["GRE"] = 47,
        ["ICMPV6"] = 58,
        ["SCTP"] = 132,
    };

    public static bool TryParse(string text, out int number, [NotNullWhen(false)] out string? fault)
    {
        fault = null;
        if (Known.TryGetValue(text, out number) || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= 255))
        {
            return true;
        }

        fault = $"'{text}' is not a protocol: {string.Join(", ", Known.Keys)} or a number from 0 to 255 is.";
        return false;
    }
}
