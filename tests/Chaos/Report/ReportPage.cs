using System.Globalization;
using System.Runtime.InteropServices;

namespace Mano.Chaos.Report;

/// <summary>Writes a result into a page, in place of what was between its marks, or at its end.</summary>
internal static class ReportPage
{
    public static void Write(string page, RunResult result, IReadOnlyList<string> arguments)
    {
        var begin = $"<!-- chaos:{result.Topology} -->";
        var end = $"<!-- /chaos:{result.Topology} -->";
        var machine = $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, "
            + $"{RuntimeInformation.OSDescription.Split('#')[0].Trim()}, {RuntimeInformation.FrameworkDescription}";
        var section = string.Create(CultureInfo.InvariantCulture,
            $"""
            {begin}
            Run of {TimeProvider.System.GetUtcNow():yyyy-MM-dd}, `chaos {string.Join(' ', Command(arguments))}` (seed {result.Seed}), on {machine}.

            {RunTable.Of(result)}{end}

            """);
        var text = File.Exists(page) ? File.ReadAllText(page) : "";
        var (from, to) = (text.IndexOf(begin, StringComparison.Ordinal), text.IndexOf(end, StringComparison.Ordinal));
        File.WriteAllText(page, from >= 0 && to > from ? text[..from] + section.TrimEnd('\n') + text[(to + end.Length)..] : text + section);
    }

    /// <summary>Without where things lay on this machine.</summary>
    private static IEnumerable<string> Command(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is "--folder" or "--report")
            {
                i++;
                continue;
            }

            yield return arguments[i];
        }
    }
}
