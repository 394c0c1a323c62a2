namespace Mano.Packages.Documents;

/// <summary>What somebody who mistyped a name probably meant.</summary>
internal static class Similar
{
    private const int Longest = 64;

    /// <summary>The known name that is nearest, if it is near: one slip in five letters.</summary>
    internal static string? Name(string wanted, IEnumerable<string> known)
    {
        var allowed = Math.Max(1, wanted.Length / 5);
        return wanted.Length > Longest ? null : known.Where(k => Math.Abs(k.Length - wanted.Length) <= allowed)
            .Select(k => (Name: k, Slips: Distance(wanted, k))).Where(k => k.Slips <= allowed)
            .OrderBy(k => k.Slips).ThenBy(k => k.Name, StringComparer.Ordinal).Select(k => k.Name).FirstOrDefault();
    }

    /// <summary>The path that differs in case alone, or the only one with the same file name.</summary>
    internal static string? FilePath(string wanted, IEnumerable<string> known)
    {
        var all = known as IReadOnlyCollection<string> ?? [.. known];
        var name = wanted[(wanted.LastIndexOf('/') + 1)..];
        return all.FirstOrDefault(k => k.Equals(wanted, StringComparison.OrdinalIgnoreCase))
            ?? (all.Where(k => k[(k.LastIndexOf('/') + 1)..].Equals(name, StringComparison.OrdinalIgnoreCase)).Take(2).ToList() is [var only] ? only : null);
    }

    /// <summary>Insertions, deletions and replacements from one word to the other (Levenshtein).</summary>
    private static int Distance(string one, string other)
    {
        Span<int> row = stackalloc int[Longest + 16];
        for (var j = 0; j <= other.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= one.Length; i++)
        {
            var (diagonal, left) = (row[0], row[0] = i);
            for (var j = 1; j <= other.Length; j++)
            {
                var best = Math.Min(Math.Min(row[j], left) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1));
                (diagonal, left) = (row[j], row[j] = best);
            }
        }

        return row[other.Length];
    }
}
