using System.Text.RegularExpressions;
using Mano.Chaos.History;
using Mano.Chaos.Processes;

namespace Mano.Chaos.Truth;

/// <summary>Lines that processes logged at Error level or above: each says that a person should look, so each is a finding.</summary>
internal static partial class ErrorLines
{
    /// <summary>By process and event, with how often and the last one.</summary>
    public static IReadOnlyList<Violation> In(IEnumerable<Node> nodes) =>
    [
        .. nodes.Where(n => File.Exists(n.LogFile))
            .SelectMany(n => LogFiles.Lines(n.LogFile).Where(l => Bad().IsMatch(l)).Select(l => (n.Name, Event: Category().Match(l).Value, Line: l)))
            .GroupBy(l => (l.Name, l.Event))
            .Select(g => new Violation("ERROR_LOGGED", $"{g.Key.Name} logged {g.Key.Event} {g.Count()} times, lastly: {Short(g.Last().Line)}")),
    ];

    private static string Short(string line) => line.Length > 600 ? line[..600] + "…" : line;

    [GeneratedRegex(@"^\S+Z (fail|crit): |^Unhandled exception|^Fatal error")]
    private static partial Regex Bad();

    [GeneratedRegex(@"[\w.]+\[\d+\]")]
    private static partial Regex Category();
}
