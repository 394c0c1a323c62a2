using Mano.VimAdapters.Conformance;
using Xunit.Abstractions;

namespace Mano.VimAdapters.Tests.Foreign;

/// <summary>The kit believes an honest adapter in another language, and finds every lie.</summary>
public sealed class PythonAdapterTests(ITestOutputHelper output)
{
    [PythonTheory]
    [InlineData("")]
    public async Task An_honest_adapter_passes_every_check_of_what_it_claims(string lie)
    {
        await using var adapter = await PythonAdapter.StartAsync(lie);
        var results = await adapter.CheckAsync(VimConformance.Checks, TimeSpan.FromSeconds(60));
        foreach (var result in results)
        {
            output.WriteLine($"{result.Verdict} {result.Check.Name} {result.Elapsed.TotalSeconds:0.0} s {result.Detail}");
        }

        Assert.Equal([], results.Where(r => r.Verdict == ConformanceVerdict.Failed).Select(r => $"{r.Check.Name}: {r.Detail}"));
        Assert.True(results.Count(r => r.Verdict == ConformanceVerdict.Passed) > 60, "too little was checked");
        Assert.Contains(results, r => r is { Verdict: ConformanceVerdict.Passed, Check.Name: "loss.ensure-reply-lost" });
        Assert.Contains(results, r => r is { Verdict: ConformanceVerdict.Passed, Check.Name: "wire.details" });
    }

    [PythonTheory]
    [InlineData("forgets-keys", "keys.repeated-ensure")]
    [InlineData("makes-doubles", "loss.ensure-reply-lost")]
    [InlineData("alters", "keys.other-spec")]
    [InlineData("ignores-numbers", "numbers.lower-ensure")]
    [InlineData("ignores-numbers", "numbers.lower-delete")]
    [InlineData("ignores-seals", "numbers.late-ensure")]
    [InlineData("ignores-seals", "loss.delete-reply-lost")]
    [InlineData("deletes-without-deleting", "keys.repeated-delete")]
    [InlineData("keeps-capacity", "capacity.moves-and-returns")]
    [InlineData("hides", "keys.lists-all")]
    [InlineData("takes-any-content", "images.wrong-digest")]
    [InlineData("half-an-image", "wire.broken-upload")]
    [InlineData("misses-deletes", "watch.sees-life")]
    [InlineData("starts-the-stopped", "power.ensure-leaves-stopped")]
    [InlineData("guesses", "wire.unspecified")]
    [InlineData("no-details", "wire.details")]
    [InlineData("tells-secrets", "events.no-secrets")]
    public async Task A_lie_is_found(string lie, string check)
    {
        await using var adapter = await PythonAdapter.StartAsync(lie);
        var result = (await adapter.CheckAsync([VimConformance.Checks.Single(c => c.Name == check)], TimeSpan.FromSeconds(5)))[0];
        output.WriteLine(result.Detail);
        Assert.True(result.Verdict == ConformanceVerdict.Failed, $"{lie} was not found by {check}: {result.Verdict} {result.Detail}");
        Assert.NotEqual("", result.Finding!.Came);
    }

    [PythonTheory]
    [InlineData("tests every lie")]
    public void Every_lie_of_the_sample_is_among_those_that_are_tried(string _)
    {
        var script = File.ReadAllText(Path.Combine(Mano.Testing.Repository.Folder, "samples", "vim-adapter-python", "adapter.py"));
        var list = script[script.IndexOf("LIES = [", StringComparison.Ordinal)..];
        var lies = list[8..list.IndexOf(']', StringComparison.Ordinal)].Split(',').Select(l => l.Trim().Trim('"')).Order();
        var tried = typeof(PythonAdapterTests).GetMethod(nameof(A_lie_is_found))!.GetCustomAttributesData()
            .Where(a => a.AttributeType == typeof(InlineDataAttribute)).Select(a => ((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)a.ConstructorArguments[0].Value!)[0].Value!.ToString()!);
        Assert.Equal(lies, tried.Distinct().Order());
    }
}
