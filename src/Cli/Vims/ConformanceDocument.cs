using System.Text.Json.Serialization;
using Mano.VimAdapters.Conformance;
using Mano.VimAdapters.Contract;

namespace Mano.Cli.Vims;

/// <param name="Subject">The address, or the name of the adapter.</param>
/// <param name="Adapter">What it calls itself.</param>
/// <param name="Left">What could not be removed, in sentences.</param>
internal sealed record ConformanceDocument(
    string Subject, string Adapter, IReadOnlyList<string> Capabilities, int Passed, int Failed, int Skipped, IReadOnlyList<ResultBody> Results, IReadOnlyList<string> Left)
{
    public static ConformanceDocument Of(string subject, VimCapabilities capabilities, IReadOnlyList<ConformanceResult> results, IReadOnlyList<string> left)
    {
        int Count(ConformanceVerdict verdict) => results.Count(r => r.Verdict == verdict);
        return new(
            subject, capabilities.Adapter, [.. capabilities.Claims.Order().Select(c => c.ToString())],
            Count(ConformanceVerdict.Passed), Count(ConformanceVerdict.Failed), Count(ConformanceVerdict.Skipped), [.. results.Select(ResultBody.Of)], left);
    }
}

/// <param name="Result">pass, fail or skipped.</param>
/// <param name="Reason">With skipped: why.</param>
/// <param name="Finding">With fail: what was asked, what came, what would be right.</param>
internal sealed record ResultBody(CheckBody Check, string Result, double Seconds, string? Reason, ConformanceFinding? Finding)
{
    public static ResultBody Of(ConformanceResult result) => new(
        CheckBody.Of(result.Check),
        result.Verdict switch { ConformanceVerdict.Passed => "pass", ConformanceVerdict.Failed => "fail", _ => "skipped" },
        Math.Round(result.Elapsed.TotalSeconds, 3),
        result.Verdict == ConformanceVerdict.Skipped ? result.Detail : null,
        result.Finding);
}

internal sealed record CheckBody(string Name, string Sentence, IReadOnlyList<string> Needs, IReadOnlyList<RuleBody> Rules)
{
    public static CheckBody Of(ConformanceCheck check) =>
        new(check.Name, check.Sentence, [.. check.Needs.Select(n => n.ToString())], [.. check.Rules.Select(r => new RuleBody(r.Place, r.Where, r.Text))]);
}

/// <param name="Place">File and line in the contract.</param>
/// <param name="Where">The call, or the file; empty: the rules for every call.</param>
internal sealed record RuleBody(string Place, string Where, string Text);

internal sealed record CheckListDocument(IReadOnlyList<CheckBody> Checks);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConformanceDocument))]
[JsonSerializable(typeof(CheckListDocument))]
internal sealed partial class ConformanceJson : JsonSerializerContext;
