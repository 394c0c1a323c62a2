using System.Buffers;
using System.Globalization;

namespace Mano.Packages.Reading;

/// <summary>
/// TOSCA scalar units: "8192 MiB", "2 GB", "60 s", "1800 MHz". A bare number has the unit the attribute defines.
/// Sizes round up: less than asked for would be a broken promise.
/// </summary>
internal static class Quantity
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly Dictionary<string, decimal> Bytes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["B"] = 1, ["KB"] = 1_000, ["K"] = 1_000, ["KIB"] = 1L << 10, ["MB"] = 1_000_000, ["M"] = 1_000_000, ["MIB"] = 1L << 20,
        ["GB"] = 1_000_000_000, ["G"] = 1_000_000_000, ["GIB"] = 1L << 30, ["TB"] = 1_000_000_000_000, ["T"] = 1_000_000_000_000, ["TIB"] = 1L << 40,
    };

    private static readonly Dictionary<string, decimal> Seconds = new(StringComparer.Ordinal)
    {
        ["d"] = 86400, ["h"] = 3600, ["m"] = 60, ["min"] = 60, ["s"] = 1, ["ms"] = 0.001m, ["us"] = 0.000_001m, ["ns"] = 0.000_000_001m,
    };

    private static readonly Dictionary<string, decimal> Hertz = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Hz"] = 1, ["kHz"] = 1_000, ["MHz"] = 1_000_000, ["GHz"] = 1_000_000_000,
    };

    internal static int? Mebibytes(Attributes a, params ReadOnlySpan<string> names) => Int(a, Bytes, 1L << 20, 1L << 20, "8192 MiB", names);

    internal static int? Gibibytes(Attributes a, params ReadOnlySpan<string> names) => Int(a, Bytes, 1L << 30, 1L << 30, "2 GB", names);

    internal static long? SizeInBytes(Attributes a, params ReadOnlySpan<string> names) => Read(a, Bytes, 1, 1, long.MaxValue, "2 GB", names);

    internal static int? WholeSeconds(Attributes a, params ReadOnlySpan<string> names) => Int(a, Seconds, 1, 1, "60 s", names);

    internal static long? Nanoseconds(Attributes a, params ReadOnlySpan<string> names) =>
        Read(a, Seconds, 0.000_000_001m, 0.000_000_001m, long.MaxValue, "20000000 (nanoseconds)", names);

    internal static int? Megahertz(Attributes a, params ReadOnlySpan<string> names) => Int(a, Hertz, 1_000_000, 1_000_000, "1800 MHz", names);

    private static int? Int(Attributes a, Dictionary<string, decimal> units, decimal bare, decimal result, string example, ReadOnlySpan<string> names) =>
        (int?)Read(a, units, bare, result, int.MaxValue, example, names);

    private static long? Read(
        Attributes a, Dictionary<string, decimal> units, decimal bare, decimal result, long max, string example, ReadOnlySpan<string> names)
    {
        if (a.Text(names) is not { } text)
        {
            return null;
        }

        if (Parse(text, units, bare) is { } value && Math.Ceiling(value / result) is var whole && whole <= max)
        {
            return (long)whole;
        }

        a.Context.Faults.Error("bad-value", a.PlaceOf(names), $"\"{text}\" is no quantity in range; write for example \"{example}\".");
        return null;
    }

    private static decimal? Parse(string text, Dictionary<string, decimal> units, decimal bare)
    {
        var digits = text.AsSpan().IndexOfAnyExcept(Digits);
        var unit = digits < 0 ? "" : text[digits..].Trim();
        var number = digits < 0 ? text : text[..digits];
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value > 1_000_000_000_000_000_000m)
        {
            return null;
        }

        return unit.Length == 0 ? value * bare : units.TryGetValue(unit, out var factor) && value <= decimal.MaxValue / 1e13m ? value * factor : null;
    }
}
