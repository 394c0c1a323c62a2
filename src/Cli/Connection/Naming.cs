using Mano.Cli.Terminal;
using Mano.Mesh.Failures;

namespace Mano.Cli.Connection;

/// <summary>What a person wrote where an id is meant: the id, the beginning of it, or a name; it must mean one thing.</summary>
internal static class Naming
{
    private const int ShortestPrefix = 4;

    public static bool IsWholeId(string text) => Regexes.WholeId().IsMatch(text);

    /// <param name="noun">"instance"; used in sentences and in the hint <c>mano instance list</c>.</param>
    /// <param name="asked">What was written.</param>
    /// <param name="all">Everything it could mean.</param>
    /// <param name="id">The id.</param>
    /// <param name="name">The name; empty for none.</param>
    /// <exception cref="FailureException">NotFound: nothing is meant. InvalidInput (usage): more than one is.</exception>
    public static T Pick<T>(string noun, string asked, IReadOnlyList<T> all, Func<T, string> id, Func<T, string> name)
    {
        var exact = all.Where(x => id(x) == asked || name(x) == asked).ToArray();
        var meant = exact.Length > 0 ? exact
            : asked.Length >= ShortestPrefix ? [.. all.Where(x => id(x).StartsWith(asked, StringComparison.OrdinalIgnoreCase))]
            : [];
        return meant switch
        {
            [var one] => one,
            [] => throw Failure.NotFound("NOT_FOUND", $"There is no {noun} '{asked}'; {ThereAre(noun, all, id, name)}.", $"{noun}/{asked}").ToException(),
            _ => throw Sentences.Usage(
                $"'{asked}' means {meant.Length} {noun}s: {string.Join(", ", meant.Select(x => Spell(x, id, name)))}. Write more of the id.", asked),
        };
    }

    private static string ThereAre<T>(string noun, IReadOnlyList<T> all, Func<T, string> id, Func<T, string> name) => all.Count switch
    {
        0 => "there are none",
        <= 6 => "there are: " + string.Join(", ", all.Select(x => Spell(x, id, name))),
        _ => $"'mano {noun} list' shows the {all.Count} there are",
    };

    private static string Spell<T>(T x, Func<T, string> id, Func<T, string> name) =>
        name(x).Length == 0 || name(x) == id(x) ? id(x) : $"{name(x)} ({id(x)})";
}
