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

        var have = offered.AsSpan().TrimStart("vV");
        var want = needed.AsSpan().TrimStart("vV");
        return IsDotted(have) && IsDotted(want) ? IsCompatible(have, want) : string.Equals(offered, needed, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsCompatible(ReadOnlySpan<char> have, ReadOnlySpan<char> want)
    {
        if (Next(ref have) != Next(ref want))
        {
            return false;
        }

        while (!have.IsEmpty || !want.IsEmpty)
        {
            var difference = Next(ref have) - Next(ref want);
            if (difference != 0)
            {
                return difference > 0;
            }
        }

        return true;
    }

    private static bool IsDotted(ReadOnlySpan<char> text)
    {
        foreach (var part in text.Split('.'))
        {
            if (!int.TryParse(text[part], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes the first number off; 0 when there is none left.</summary>
    private static int Next(ref ReadOnlySpan<char> dotted)
    {
        if (dotted.IsEmpty)
        {
            return 0;
        }

        var end = dotted.IndexOf('.');
        var number = end < 0 ? dotted : dotted[..end];
        dotted = end < 0 ? [] : dotted[(end + 1)..];
        return int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
