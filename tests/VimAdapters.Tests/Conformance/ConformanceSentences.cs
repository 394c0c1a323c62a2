using Mano.VimAdapters.Conformance;

namespace Mano.VimAdapters.Tests.Conformance;

/// <summary>Every sentence of the suite as a test of its own.</summary>
public sealed class ConformanceSentences : TheoryData<string>
{
    public ConformanceSentences()
    {
        foreach (var check in VimConformance.Checks)
        {
            Add(check.Sentence);
        }
    }

    internal static async Task Holds(ConformanceSubject subject, string sentence, Xunit.Abstractions.ITestOutputHelper output)
    {
        var result = await VimConformance.RunAsync(subject, VimConformance.Checks.Single(c => c.Sentence == sentence));
        output.WriteLine($"{result.Verdict}: {result.Detail}");
        Assert.True(result.Verdict != ConformanceVerdict.Failed, result.Detail);
    }
}
