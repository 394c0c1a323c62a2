using Mano.VimAdapters.Conformance;
using Xunit.Abstractions;

namespace Mano.OpenStack.Tests;

/// <summary>The whole suite, run once in a project of its own; which is empty at its end.</summary>
public sealed class ConformanceRun(Testbed testbed) : IAsyncLifetime
{
    private CloudProject? project;

    public IReadOnlyDictionary<string, ConformanceResult> Results { get; private set; } = new Dictionary<string, ConformanceResult>();

    public string Log { get; private set; } = "";

    public string Left { get; private set; } = "";

    public async Task InitializeAsync()
    {
        if (Testbed.WhyMissing is not null)
        {
            return;
        }

        project = await CloudProject.MakeAsync(testbed);
        await project.SetQuotaAsync("instances", 20);
        await using var bench = new CloudBench(project);
        var subject = new ConformanceSubject
        {
            Name = "OpenStack",
            Open = () => Task.FromResult<VimAdapters.Contract.IVimAdapter>(bench.Open()),
            Image = bench.Disk(),
            Small = new(1000, 64, 1),
            Patience = TimeSpan.FromMinutes(2),

            // Each is a dozen requests to services that share two cores with all other tests.
            Repetitions = 3,
            AddForeignCompute = () => ForeignServer.AddAsync(project),
        };
        Results = (await VimConformance.RunAllAsync(subject)).ToDictionary(r => r.Check.Sentence);
        Log = bench.Log.Text;
        Left = await project.LeftAsync();
    }

    public Task DisposeAsync()
    {
        project?.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>Every sentence of the suite, on a real control plane.</summary>
[Trait("Speed", "Slow")]
[Collection(Testbed.Name)]
public sealed class ConformanceTests(ConformanceRun run, ITestOutputHelper output) : IClassFixture<ConformanceRun>
{
    public static TheoryData<string> Sentences { get; } = [.. VimConformance.Checks.Select(c => c.Sentence)];

    [CloudTheory]
    [MemberData(nameof(Sentences))]
    public void OpenStack_conforms(string sentence)
    {
        var result = run.Results[sentence];
        output.WriteLine($"{result.Verdict}, {result.Elapsed.TotalSeconds:0.0} s: {result.Detail}");
        Assert.True(result.Verdict != ConformanceVerdict.Failed, result.Detail);
    }

    [CloudFact]
    public void Nothing_is_left_in_the_project_and_nothing_was_alarmed()
    {
        output.WriteLine(string.Join('\n', run.Results.Values.OrderByDescending(r => r.Elapsed).Select(r => $"{r.Elapsed.TotalSeconds,6:0.0} s {r.Verdict} {r.Check.Sentence}")));
        Assert.Equal("", run.Left);
        Assert.DoesNotContain("Error 53", run.Log, StringComparison.Ordinal);
    }
}
