using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Mano.Bench;

/// <summary>The page that <c>bench/run</c> writes.</summary>
internal static class ResultsPage
{
    public static string Render(IEnumerable<(IBenchRow Row, IReadOnlyList<Comparison> Comparisons)> results)
    {
        var text = new StringBuilder(
            $"""
            # Measured

            Written by `bench/run` on {TimeProvider.System.GetUtcNow():yyyy-MM-dd}: {Machine()}.
            Each figure is the median of the rounds, with min and max; floor and subject took turns in the same process.
            The ratio is the median of the ratios pair by pair. Absolute times are this machine's; the ratios are the result.


            """);
        foreach (var (row, comparisons) in results)
        {
            text.Append(CultureInfo.InvariantCulture, $"## {row.Name}\n\n{row.Description}\n\n");
            text.Append("| figure | floor | ours | ratio | target |\n|---|---|---|---|---|\n");
            foreach (var c in comparisons)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {c.Figure} ({c.Unit}) | {Cell(c.Floor)} | {Cell(c.Subject)} | {Ratio(c.Ratio)} | {Verdict(c)} |\n");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Verdict(Comparison c) => c.Target is not { } target
        ? "–"
        : string.Create(CultureInfo.InvariantCulture, $"≤ {target:0.0##}: {(c.Ratio <= target ? "met" : "missed")}");

    private static string Ratio(double ratio) => ratio.ToString(ratio < 0.1 ? "0.0000" : "0.00", CultureInfo.InvariantCulture);

    private static string Cell(Sample s) => string.Create(CultureInfo.InvariantCulture, $"{Number(s.Middle)} ({Number(s.Min)} … {Number(s.Max)})");

    private static string Number(double value) => value.ToString(value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static string Machine() =>
        $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, {RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.FrameworkDescription}";
}
