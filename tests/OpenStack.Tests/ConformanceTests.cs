using System.Collections.Concurrent;
using System.Threading.Channels;
using Mano.VimAdapters.Conformance;
using Xunit.Abstractions;

namespace Mano.OpenStack.Tests;

/// <summary>
/// Which of the suite's sentences are held against the real control plane. Its services make a server in some seconds when little else
/// runs, and in half a minute beside other tests: the whole suite then takes longer than all other tests together. So every
/// run has the sentences about connection, images and numbers, and the whole suite is run with MANO_OPENSTACK_KIT=whole.
/// </summary>
internal static class ChosenChecks
{
    public static readonly bool Whole = Environment.GetEnvironmentVariable("MANO_OPENSTACK_KIT") == "whole";

    public static IReadOnlyList<ConformanceCheck> All { get; } = [.. VimConformance.Checks.Where(c => Whole || c.Group is "connection" or "images" or "numbers")];
}

/// <summary>The chosen part of the suite, run once: a few sentences at a time, each in a project that no other has meanwhile and that is empty afterwards.</summary>
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

        await Parallel.ForEachAsync(ChosenChecks.All, new ParallelOptions { MaxDegreeOfParallelism = Lanes }, async (check, _) => await RunAsync(check));
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

/// <summary>Sentences of the suite, on a real control plane; see <see cref="ChosenChecks"/>.</summary>
[Trait("Speed", "Slow")]
[Collection(Testbed.Name)]
public sealed class ConformanceTests(ConformanceRun run, ITestOutputHelper output) : IClassFixture<ConformanceRun>
{
    public static TheoryData<string> Sentences { get; } = [.. ChosenChecks.All.Select(c => c.Sentence)];

    [CloudTheory]
    [MemberData(nameof(Sentences))]
    public void OpenStack_conforms(string sentence)
    {
        var result = run.Results[sentence];
        output.WriteLine($"{result.Verdict}, {result.Elapsed.TotalSeconds:0.0} s: {result.Detail}");
        Assert.True(result.Verdict != ConformanceVerdict.Failed, result.Detail);
    }

    [WholeKitFact]
    public void The_whole_suite_is_run() => Assert.Equal(VimConformance.Checks.Count, run.Results.Count);

    [CloudFact]
    public void Nothing_is_left_in_the_project_and_nothing_was_alarmed()
    {
        output.WriteLine(string.Join('\n', run.Results.Values.OrderByDescending(r => r.Elapsed).Select(r => $"{r.Elapsed.TotalSeconds,6:0.0} s {r.Verdict} {r.Check.Sentence}")));
        Assert.Equal("", run.Left);
        Assert.Equal("", run.Alarms);
    }
}

/// <summary>Says aloud when only a part of the suite is run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class WholeKitFactAttribute : FactAttribute
{
    public WholeKitFactAttribute() => Skip = Testbed.WhyMissing ?? (ChosenChecks.Whole ? null! : "only the sentences about connection, images and numbers were run; MANO_OPENSTACK_KIT=whole runs all");
}
