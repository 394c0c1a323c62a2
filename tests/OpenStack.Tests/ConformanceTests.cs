using System.Collections.Concurrent;
using System.Threading.Channels;
using Mano.VimAdapters.Conformance;
using Xunit.Abstractions;

namespace Mano.OpenStack.Tests;

/// <summary>The whole suite, run once: a few sentences at a time, each in a project that no other has meanwhile and that is empty afterwards.</summary>
public sealed class ConformanceRun(Testbed testbed) : IAsyncLifetime
{
    /// <summary>The services wait for one another half of the time; more at once only wait longer.</summary>
    private const int Lanes = 4;

    private readonly Channel<CloudProject> free = Channel.CreateUnbounded<CloudProject>();
    private readonly List<CloudProject> projects = [];
    private readonly ConcurrentBag<string> alarms = [];
    private readonly ConcurrentBag<string> left = [];

    public ConcurrentDictionary<string, ConformanceResult> Results { get; } = new();

    public string Alarms => string.Join('\n', alarms);

    public string Left => string.Join('\n', left);

    public async Task InitializeAsync()
    {
        if (Testbed.WhyMissing is not null)
        {
            return;
        }

        for (var lane = 0; lane < Lanes; lane++)
        {
            var project = await CloudProject.MakeAsync(testbed);
            await project.SetQuotaAsync("instances", 20);
            projects.Add(project);
            free.Writer.TryWrite(project);
        }

        await Parallel.ForEachAsync(VimConformance.Checks, new ParallelOptions { MaxDegreeOfParallelism = Lanes }, async (check, _) => await RunAsync(check));
    }

    public Task DisposeAsync()
    {
        foreach (var project in projects)
        {
            project.Dispose();
        }

        return Task.CompletedTask;
    }

    private async Task RunAsync(ConformanceCheck check)
    {
        var project = await free.Reader.ReadAsync();
        await using (var bench = new CloudBench(project))
        {
            Results[check.Sentence] = await VimConformance.RunAsync(Subject(bench), check);
            if (await project.LeftAsync() is { Length: > 0 } rest)
            {
                left.Add($"{check.Sentence}: {rest}");
            }

            if (bench.Log.Text.Split('\n').FirstOrDefault(l => l.StartsWith("Error 53", StringComparison.Ordinal)) is { } alarm)
            {
                alarms.Add($"{check.Sentence}: {alarm}");
            }
        }

        free.Writer.TryWrite(project);
    }

    private static ConformanceSubject Subject(CloudBench bench) => new()
    {
        Name = "OpenStack",

        // What security groups do is shown elsewhere; here each would be half a dozen requests more for every compute.
        Open = () => Task.FromResult<VimAdapters.Contract.IVimAdapter>(bench.Open(bench.Options() with { SecurityGroups = false, SweepInterval = TimeSpan.FromMinutes(1) })),
        Image = bench.Disk(),
        Small = new(1000, 64, 1),
        Patience = TimeSpan.FromMinutes(3),

        // Each is a dozen requests to services that share two cores with all other tests.
        Repetitions = 3,
        AddForeignCompute = () => ForeignServer.AddAsync(bench.Project),
    };
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
        Assert.Equal("", run.Alarms);
    }
}
