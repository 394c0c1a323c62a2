using System.Text;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Conformance;

/// <summary>
/// The conformance suite of the VIM contract: sentences that hold for every adapter, run against one. No test
/// framework is needed: an adapter's author runs <see cref="RunAllAsync"/> and prints the table.
/// </summary>
public static class VimConformance
{
    /// <summary>Every sentence.</summary>
    public static IReadOnlyList<ConformanceCheck> Checks { get; } =
        [.. KeyChecks.All, .. NumberChecks.All, .. ImageChecks.All, .. CapacityChecks.All, .. WatchChecks.All, .. PowerChecks.All, .. RunningChecks.All, .. StorageChecks.All, .. StatisticsChecks.All,
            .. RestartChecks.All];

    /// <summary>Runs one check on a freshly opened adapter, and cleans up after it.</summary>
    public static async Task<ConformanceResult> RunAsync(ConformanceSubject subject, ConformanceCheck check)
    {
        try
        {
            await using var world = await ConformanceWorld.OpenAsync(subject);
            var missing = check.Needs.Where(n => !world.Capabilities.Has(n)).ToArray();
            if (missing.Length > 0)
            {
                return new(check, ConformanceVerdict.Skipped, $"not claimed: {string.Join(", ", missing)}");
            }

            await check.Run(world);
        }
        catch (NotShownException e)
        {
            return new(check, ConformanceVerdict.Skipped, e.Message);
        }
#pragma warning disable CA1031 // whatever a check or an adapter throws is the finding
        catch (Exception e)
        {
            return new(check, ConformanceVerdict.Failed, e is NotConformingException ? e.Message : e.ToString());
        }
#pragma warning restore CA1031

        return new(check, ConformanceVerdict.Passed, "");
    }

    /// <summary>Runs every check, one after the other.</summary>
    public static async Task<IReadOnlyList<ConformanceResult>> RunAllAsync(ConformanceSubject subject)
    {
        var results = new List<ConformanceResult>();
        foreach (var check in Checks)
        {
            results.Add(await RunAsync(subject, check));
        }

        return results;
    }

    /// <summary>The results as a table for people.</summary>
    public static string Table(ConformanceSubject subject, IReadOnlyList<ConformanceResult> results)
    {
        var width = results.Max(r => r.Check.Sentence.Length);
        var text = new StringBuilder();
        foreach (var result in results)
        {
            text.Append(result.Check.Sentence.PadRight(width)).Append("  ").Append(result.Verdict.ToString().ToUpperInvariant());
            text.AppendLine(result.Detail.Length == 0 ? "" : $"  {result.Detail}");
        }

        int Count(ConformanceVerdict verdict) => results.Count(r => r.Verdict == verdict);
        text.AppendLine($"{subject.Name}: {Count(ConformanceVerdict.Passed)} passed, {Count(ConformanceVerdict.Failed)} failed, {Count(ConformanceVerdict.Skipped)} skipped");
        return text.ToString();
    }

    internal static ConformanceCheck Check(string sentence, Func<ConformanceWorld, Task> run, params IReadOnlyList<VimCapability> needs) =>
        new(sentence, needs, run);
}
