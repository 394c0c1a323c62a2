using System.Globalization;

namespace Mano.VimAdapters.Kubernetes.Capacity;

/// <summary>Amounts as Kubernetes writes them: <c>250m</c>, <c>1.5Gi</c>, <c>12e6</c>.</summary>
internal static class Quantity
{
    private static readonly Dictionary<string, decimal> Units = new()
    {
        ["n"] = 1e-9m, ["u"] = 1e-6m, ["m"] = 1e-3m, [""] = 1m, ["k"] = 1e3m, ["M"] = 1e6m, ["G"] = 1e9m, ["T"] = 1e12m, ["P"] = 1e15m, ["E"] = 1e18m,
        ["Ki"] = 1L << 10, ["Mi"] = 1L << 20, ["Gi"] = 1L << 30, ["Ti"] = 1L << 40, ["Pi"] = 1L << 50, ["Ei"] = 1L << 60,
    };

    /// <summary>The amount; null where it is none.</summary>
    public static decimal? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var plain))
        {
            return plain;
        }

        var digits = text.TrimEnd([.. "numkKMGTPEi"]);
        return Units.TryGetValue(text[digits.Length..], out var unit)
            && decimal.TryParse(digits, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number * unit : null;
    }

    /// <summary>The amount of a name in a list of resources; nothing where it is not there.</summary>
    public static decimal Of(IReadOnlyDictionary<string, string>? resources, string name) => Parse(resources?.GetValueOrDefault(name)) ?? 0;
}
