using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace Mano.Meo.Northbound.Queries;

/// <summary>
/// Values of fields as they are compared: text, bool, decimal (integers, choices by number, times in nanoseconds) or double.
/// </summary>
internal static class FieldValue
{
    private const decimal Nanoseconds = 1_000_000_000m;

    /// <summary>A value as it is compared; a message stays as it is.</summary>
    public static object Normal(object value) => value switch
    {
        string or bool => value,
        double or float => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        System.Enum choice => (decimal)Convert.ToInt32(choice, CultureInfo.InvariantCulture),
        Timestamp time => (time.Seconds * Nanoseconds) + time.Nanos,
        Duration span => (span.Seconds * Nanoseconds) + span.Nanos,
        int or long or uint or ulong => Convert.ToDecimal(value, CultureInfo.InvariantCulture),
        _ => value,
    };

    /// <summary>Of two normal values at the same path. Text goes by its letters' numbers.</summary>
    public static int Compare(object left, object right) => left is string text
        ? string.CompareOrdinal(text, (string)right)
        : ((IComparable)left).CompareTo(right);

    /// <summary>What somebody wrote, as a normal value to compare with; null, and what would be right, if it cannot be one.</summary>
    public static object? Read(FieldPath path, string text, out string right)
    {
        (var value, right) = path.Kind switch
        {
            ValueKind.Text or ValueKind.Map => ((object?)text, ""),
            ValueKind.Bool => (text switch { "true" => true, "false" => false, _ => null }, "true or false"),
            ValueKind.Integer => (decimal.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null, "a whole number such as 42"),
            ValueKind.Float => (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null, "a number such as 0.5"),
            ValueKind.Choice => (Choice(path, text), "one of " + string.Join(", ", path.Choices!.Values.Select(v => v.Name))),
            ValueKind.Timestamp => (Time(text), "a time as RFC 3339 has it, such as 2026-11-21T13:00:00Z"),
            ValueKind.Duration => (Span(text), "a duration such as 20s or 1.5s"),
            _ => (null, "nothing but *, which asks whether it is there"),
        };
        return value;
    }

    /// <summary>A normal value in a token.</summary>
    public static string Write(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    /// <summary>The value that <see cref="Write"/> wrote; null if it wrote no such thing.</summary>
    public static object? ReadBack(FieldPath path, string text) => path.Kind switch
    {
        ValueKind.Text => text,
        ValueKind.Bool => bool.TryParse(text, out var set) ? set : null,
        ValueKind.Float => double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null,
        _ => decimal.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null,
    };

    /// <summary>By its whole name or by what follows the enumeration's prefix: STATE_COMPLETED, COMPLETED.</summary>
    private static decimal? Choice(FieldPath path, string text)
    {
        var values = path.Choices!.Values;
        var prefix = values[0].Name.EndsWith("UNSPECIFIED", StringComparison.Ordinal) ? values[0].Name[..^"UNSPECIFIED".Length] : "";
        return values.FirstOrDefault(v => v.Name == text || v.Name == prefix + text) is { } found ? (decimal)found.Number : null;
    }

    private static decimal? Time(string text) =>
        text.Contains('T', StringComparison.Ordinal) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? (decimal)Normal(Timestamp.FromDateTimeOffset(time))
            : null;

    private static decimal? Span(string text) =>
        text.EndsWith('s') && decimal.TryParse(text[..^1], NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
        && Math.Abs(seconds) < 1e12m ? seconds * Nanoseconds : null;
}
