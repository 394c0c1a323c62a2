using System.Globalization;

namespace Mano.Meo.Placement.Filters;

/// <summary>Whether an offered version does for a needed one.</summary>
internal static class Versions
{
    /// <summary>
    /// Dotted numbers: the first number equal, the rest at least what is needed ("2.2.1" does for "2.1", not for "3.0").
    /// Anything else must be spelled alike, whatever the case. A side that does not say is no hindrance.
    /// </summary>
    public static bool Satisfies(string offered, string needed)
    {
        if (offered.Length == 0 || needed.Length == 0)
        {
            return true;
        }

        if (!TryParse(offered, out var have) || !TryParse(needed, out var want))
        {
            return string.Equals(offered, needed, StringComparison.OrdinalIgnoreCase);
        }

        return have[0] == want[0] && Compare(have, want) >= 0;
    }

    private static int Compare(int[] left, int[] right)
    {
        for (var i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            var difference = (i < left.Length ? left[i] : 0) - (i < right.Length ? right[i] : 0);
            if (difference != 0)
            {
                return difference;
            }
        }

        return 0;
    }

    private static bool TryParse(string text, out int[] numbers)
    {
        var parts = text.TrimStart('v', 'V').Split('.');
        numbers = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return false;
            }
        }

        return true;
    }
}
