using Mano.Packages.Csar;
using Mano.Packages.Documents;

namespace Mano.Packages.Charts;

/// <summary>
/// The values that a package lays over its chart's own: a file beside the chart, <c>values.yaml</c> or, called like the chart,
/// <c>NAME.values.yaml</c>; <c>.yml</c> and <c>.json</c> too.
/// </summary>
internal static class ChartFiles
{
    private static readonly string[] Endings = [".yaml", ".yml", ".json"];

    /// <param name="archive">The package.</param>
    /// <param name="chart">The chart by which the application is deployed; null: it is not.</param>
    /// <param name="faults">Where it is told that they are wrong.</param>
    /// <returns>JSON; empty when there are none.</returns>
    internal static string Values(SafeArchive archive, Artifact? chart, FaultList faults)
    {
        var found = chart is null ? [] : Names(chart.Path).Where(archive.Has).ToList();
        if (found.Count == 0)
        {
            return "";
        }

        if (found.Count > 1)
        {
            faults.Error("chart-values", new(found[1], "", 0), $"Two files give values to the chart, {found[0]} and {found[1]}; keep one of them.");
            return "";
        }

        return archive.ReadSmall(found[0], ChartValues.MaxBytes, faults) is { } content ? ChartValues.Read(content, found[0], faults) ?? "" : "";
    }

    private static IEnumerable<string> Names(string chart)
    {
        var folder = chart[..(chart.LastIndexOf('/') + 1)];
        var stem = chart[..^Path.GetExtension(chart).Length];
        return Endings.SelectMany(e => new[] { $"{folder}values{e}", $"{stem}.values{e}" });
    }
}
