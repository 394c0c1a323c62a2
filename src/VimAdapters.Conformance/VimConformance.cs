using System.Text;
using System.Text.RegularExpressions;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Conformance;

/// <summary>
/// The conformance kit of the VIM contract: sentences that hold for every adapter, run against one. <c>mano vim conformance</c>
/// and the tests of the shipped adapters run the same ones (docs/how-to/add-a-vim-adapter.md).
/// </summary>
public static class VimConformance
{
    /// <summary>Every sentence, what is simple first.</summary>
    public static IReadOnlyList<ConformanceCheck> Checks { get; } =
    [
        .. ConnectionChecks.All, .. KeyChecks.All, .. NumberChecks.All, .. LossChecks.All, .. ImageChecks.All, .. CapacityChecks.All, .. WatchChecks.All, .. PowerChecks.All, .. RunningChecks.All,
        .. StorageChecks.All, .. NetworkChecks.All, .. NetworkUseChecks.All, .. GroupChecks.All, .. EventChecks.All, .. StatisticsChecks.All, .. ChartChecks.All, .. WireChecks.All, .. RestartChecks.All,
    ];

    /// <summary>The checks whose name or sentence has the pattern in it; <c>*</c> stands for anything, case does not matter. No pattern: all.</summary>
    public static IReadOnlyList<ConformanceCheck> Matching(IReadOnlyList<string> patterns) =>
        patterns.Count == 0 ? Checks : [.. Checks.Where(c => patterns.Any(p => Matches(p, c.Name) || Matches(p, c.Sentence)))];

    /// <summary>Runs one check on a freshly opened adapter, and leaves its VIM as it was.</summary>
    public static async Task<ConformanceResult> RunAsync(ConformanceSubject subject, ConformanceCheck check) => (await RunAsync(subject, [check]))[0];

    /// <summary>Runs every check, one after the other.</summary>
    public static Task<IReadOnlyList<ConformanceResult>> RunAllAsync(ConformanceSubject subject) => RunAsync(subject, Checks);

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

    private static async Task<IReadOnlyList<ConformanceResult>> RunAsync(ConformanceSubject subject, IReadOnlyList<ConformanceCheck> checks)
    {
        var results = new List<ConformanceResult>();
        try
        {
            await using var session = await ConformanceSession.OpenAsync(subject, CancellationToken.None);
            await session.BeginAsync();
            foreach (var check in checks)
            {
                results.Add(await session.RunAsync(check));
            }

            if (await session.EndAsync() is { Count: > 0 } left)
            {
                results[^1] = results[^1] with { Verdict = ConformanceVerdict.Failed, Detail = $"{results[^1].Detail} {string.Join(" ", left)}".Trim() };
            }
        }
#pragma warning disable CA1031 // an adapter that cannot be opened has failed every check
        catch (Exception e)
        {
            results.AddRange(checks.Skip(results.Count).Select(c => new ConformanceResult(c, ConformanceVerdict.Failed, e.ToString(), TimeSpan.Zero, new("to open the adapter", e.Message, ""))));
        }
#pragma warning restore CA1031

        return results;
    }

    private static bool Matches(string pattern, string text) =>
        Regex.IsMatch(text, Regex.Escape(pattern).Replace(@"\*", ".*", StringComparison.Ordinal), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
}
