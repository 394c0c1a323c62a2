namespace Mano.Meo.Northbound.Queries;

/// <summary>Paths as masks, filters and orders write them: names with dots between, a name with other letters in backticks (AIP-161).</summary>
internal static class PathText
{
    public const int MostLetters = 256;

    /// <summary>The names of a path; null if it cannot be one.</summary>
    public static IReadOnlyList<string>? Split(string text)
    {
        if (text.Length is 0 or > MostLetters)
        {
            return null;
        }

        var names = new List<string>();
        for (var at = 0; ; at++)
        {
            var quoted = at < text.Length && text[at] == '`';
            var end = text.IndexOf(quoted ? '`' : '.', quoted ? at + 1 : at);
            if (quoted && end < 0)
            {
                return null;
            }

            var name = quoted ? text[(at + 1)..end] : text[at..(end < 0 ? text.Length : end)];
            at = quoted ? end + 1 : end < 0 ? text.Length : end;
            names.Add(name);
            if (name.Length == 0 || (at < text.Length && text[at] != '.'))
            {
                return null;
            }

            if (at >= text.Length)
            {
                return names;
            }
        }
    }
}
