using System.Globalization;
using System.Text;

namespace Mano.Chaos.Report;

/// <summary>A result as people read it; Markdown, so that it can go into a page as it is.</summary>
internal static class RunTable
{
    public static string Of(RunResult result)
    {
        var text = new StringBuilder();
        Line(text, "| figure | value |");
        Line(text, "|---|---|");
        Line(text, $"| topology, seed | {result.Topology}, {result.Seed} |");
        Line(text, $"| duration | {result.Took.TotalMinutes:0.0} min |");
        Line(text, $"| kills with SIGKILL | {result.Kills} |");
        foreach (var (what, count) in result.Faults.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            Line(text, $"| &nbsp;&nbsp;{what.Replace(">", "→", StringComparison.Ordinal)} | {count} |");
        }

        Line(text, $"| operations acknowledged | {result.Counts.Where(c => IsOperation(c.Key)).Sum(c => c.Value)} |");
        foreach (var (what, count) in result.Counts.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            Line(text, $"| &nbsp;&nbsp;{what} | {count} |");
        }

        Line(text, $"| longest recovery: all faults ended → every truth the same again | {Longest(result.Recoveries):0.0} s (of {result.Recoveries.Count} rounds) |");
        Line(text, $"| longest time from the end of a fault to the next completed operation | {result.LongestGap.TotalSeconds:0.0} s |");
        Line(text, $"| slowest start of a process | {result.Processes.Select(p => p.SlowestStart.TotalSeconds).DefaultIfEmpty().Max():0.0} s |");
        Line(text, $"| largest process | {string.Join(", ", result.Processes.OrderByDescending(p => p.PeakMib).Take(3).Select(p => $"{p.Name} {p.PeakMib} MiB"))} |");
        Line(text, $"| violations | {result.Violations.Count} |");
        return text.ToString();
    }

    private static bool IsOperation(string count) =>
        count is "calls acknowledged: Instantiate" or "calls acknowledged: Start" or "calls acknowledged: Stop" or "calls acknowledged: Terminate";

    private static double Longest(IReadOnlyList<TimeSpan> times) => times.Select(t => t.TotalSeconds).DefaultIfEmpty().Max();

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
