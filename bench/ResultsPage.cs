using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Mano.Bench;

/// <summary>The page that <c>bench/run</c> writes.</summary>
internal static class ResultsPage
{
    /// <summary>Where shortfalls are explained, seen from the page.</summary>
    private const string Explained = "../docs/theory/speed.md";

    /// <param name="results">Row by row, with the minutes each took.</param>
    /// <param name="quick">Fewer rounds: a try, whose ratios mean little.</param>
    public static string Render(IReadOnlyList<RowResult> results, bool quick)
    {
        var text = new StringBuilder(
            $"""
            # Measured

            Written by `make bench` (`bench/run`) on {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, in {results.Sum(r => r.Took.TotalMinutes):0} minutes, all rows in one run: {Machine()}.
            Each figure is the median of the rounds, with min and max. Floor and subject are measured in the same run, taking turns where a row can be
            repeated in turns. The ratio is the median of the ratios pair by pair. Absolute times are this machine's; the ratios are the result.
            {(quick ? "\n**A quick try** (`--quick`): fewer rounds, so the figures say that the rows work and little more.\n" : "")}

            """);
        Gaps(text, results);
        Targets(text, results);
        foreach (var result in results)
        {
            Row(text, result);
        }

        return text.ToString();
    }

    /// <summary>What an exception says, in one line of a page.</summary>
    public static string Sentence(Exception e) => $"{e.GetBaseException().GetType().Name}: {e.GetBaseException().Message.ReplaceLineEndings(" ").Trim()}";

    /// <summary>A row without figures is not in the table of what is promised, so it is named before it.</summary>
    private static void Gaps(StringBuilder text, IReadOnlyList<RowResult> results)
    {
        Gap("Failed", results.Where(r => r.Failure.Length > 0));
        Gap("Left out", results.Where(r => r.Missing.Length > 0));

        void Gap(string what, IEnumerable<RowResult> rows)
        {
            if (string.Join(", ", rows.Select(r => $"[{r.Row.Name}](#{r.Row.Name})")) is { Length: > 0 } names)
            {
                text.Append(CultureInfo.InvariantCulture, $"**{what}** in this run, and why stands there: {names}.\n\n");
            }
        }
    }

    private static void Targets(StringBuilder text, IReadOnlyList<RowResult> results)
    {
        text.Append("## What is promised\n\n| what | floor, or what is published | ours | ratio | target | |\n|---|---|---|---|---|---|\n");
        foreach (var (result, c) in results.SelectMany(r => r.Comparisons.Where(c => c.Headline.Length > 0).Select(c => (r, c))))
        {
            var verdict = c.IsMet switch { true => "met", false => $"**missed**, [why]({Explained}#{result.Row.Name})", _ => "–" };
            text.Append(CultureInfo.InvariantCulture, $"| [{c.Headline}](#{result.Row.Name}), {c.Unit} | {Under(c, c.Floor?.Middle)} | {Number(c.Subject.Middle)} | {Ratio(c.Ratio)} | {Target(c)} | {verdict} |\n");
        }

        text.Append('\n');
    }

    private static void Row(StringBuilder text, RowResult result)
    {
        text.Append(CultureInfo.InvariantCulture, $"## {result.Row.Name}\n\n{result.Row.Description}\n\n");
        if (result.Failure.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"**Failed in this run**: {result.Failure}\n\n");
            return;
        }

        if (result.Missing.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"Left out: it needs {result.Missing}, which this machine has not.\n\n");
            return;
        }

        text.Append("| figure | floor | ours | ratio | target |\n|---|---|---|---|---|\n");
        foreach (var c in result.Comparisons)
        {
            var verdict = c.IsMet switch { true => $"{Target(c)}: met", false => $"{Target(c)}: missed", _ => "–" };
            text.Append(CultureInfo.InvariantCulture, $"| {c.Figure} ({c.Unit}) | {(c.Floor is null ? Under(c, null) : Cell(c.Floor))} | {Cell(c.Subject)} | {Ratio(c.Ratio)} | {verdict} |\n");
        }

        text.Append('\n');
    }

    private static string Under(Comparison c, double? floor) =>
        string.Join("; ", new[] { floor is { } value ? Number(value) : "", c.Published }.Where(t => t.Length > 0)) is { Length: > 0 } text ? text : "–";

    private static string Target(Comparison c) => c.Target is { } target ? string.Create(CultureInfo.InvariantCulture, $"≤ {target:0.0##} ×") : c.Bound?.ToString() ?? "–";

    private static string Ratio(double? ratio) => ratio is { } value ? value.ToString(value < 0.1 ? "0.0000" : "0.00", CultureInfo.InvariantCulture) : "–";

    private static string Cell(Sample s) => string.Create(CultureInfo.InvariantCulture, $"{Number(s.Middle)} ({Number(s.Min)} … {Number(s.Max)})");

    private static string Number(double value) => value.ToString(value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static string Machine() =>
        $"{Processor()}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, {RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.FrameworkDescription}, load {LoadAtStart} before it began";

    private static string Processor() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "an unnamed processor"
        : "an unnamed processor";

    /// <summary>Of the last minute, as it was when this program started.</summary>
    public static string LoadAtStart { get; } = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

}

/// <summary>What became of a row.</summary>
internal sealed record RowResult(IBenchRow Row, IReadOnlyList<Comparison> Comparisons, TimeSpan Took)
{
    /// <summary>What it needs and this machine has not; empty: nothing.</summary>
    public string Missing { get; init; } = "";

    /// <summary>Why it has no figures although nothing was missing; empty: it did not fail.</summary>
    public string Failure { get; init; } = "";
}
