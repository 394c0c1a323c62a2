using Mano.VimAdapters.Conformance;
using Xunit.Abstractions;

namespace Mano.OpenStack.Tests;

/// <summary>A project for the whole suite: it is empty between two sentences.</summary>
public sealed class ConformanceProject(Testbed testbed) : IAsyncLifetime
{
    public CloudProject Project { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (Testbed.WhyMissing is null)
        {
            Project = await CloudProject.MakeAsync(testbed);
        }
    }

    public Task DisposeAsync()
    {
        Project?.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>Every sentence of the suite, on a real control plane.</summary>
[Trait("Speed", "Slow")]
[Collection(Testbed.Name)]
public sealed class ConformanceTests(ConformanceProject shared, ITestOutputHelper output) : IClassFixture<ConformanceProject>
{
    public static TheoryData<string> Sentences { get; } = [.. VimConformance.Checks.Select(c => c.Sentence)];

    [CloudTheory]
    [MemberData(nameof(Sentences))]
    public async Task OpenStack_conforms(string sentence)
    {
        await using var bench = new CloudBench(shared.Project);
        var subject = new ConformanceSubject
        {
            Name = "OpenStack",
            Open = () => Task.FromResult<VimAdapters.Contract.IVimAdapter>(bench.Open()),
            Image = bench.Disk(),
            Small = new(1000, 64, 1),
            Patience = TimeSpan.FromMinutes(2),
            Repetitions = 4,
            AddForeignCompute = () => ForeignServer.AddAsync(shared.Project),
        };
        var result = await VimConformance.RunAsync(subject, VimConformance.Checks.Single(c => c.Sentence == sentence));
        output.WriteLine($"{result.Verdict}: {result.Detail}");
        Assert.True(result.Verdict != ConformanceVerdict.Failed, $"{result.Detail}\n{bench.Log.Text}");
        Assert.Equal("", await shared.Project.LeftAsync());
        Assert.DoesNotContain("Error 53", bench.Log.Text, StringComparison.Ordinal);
    }
}
