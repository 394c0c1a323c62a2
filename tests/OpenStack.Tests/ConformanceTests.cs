using System.Collections.Concurrent;
using System.Threading.Channels;
using Mano.VimAdapters.Conformance;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Mano.OpenStack.Tests;

/// <summary>
/// The whole suite, run once: a few sentences at a time, each in a project that no other has meanwhile and that is empty
/// afterwards. The tests wait for their sentences in the order in which those are run, so that whoever looks sees each come.
/// </summary>
public sealed class ConformanceRun(Testbed testbed) : IAsyncLifetime
{
    /// <summary>The services wait for one another half of the time; more at once only wait longer.</summary>
    private const int Lanes = 4;

    private readonly Channel<CloudProject> free = Channel.CreateUnbounded<CloudProject>();
    private readonly List<CloudProject> projects = [];
    private readonly ConcurrentBag<string> alarms = [];
    private readonly ConcurrentBag<string> left = [];
    private readonly Dictionary<string, TaskCompletionSource<ConformanceResult>> results =
        VimConformance.Checks.ToDictionary(c => c.Sentence, _ => new TaskCompletionSource<ConformanceResult>(TaskCreationOptions.RunContinuationsAsynchronously));

    private readonly CancellationTokenSource ending = new();
    private Task running = Task.CompletedTask;

    public string Alarms => string.Join('\n', alarms);

    public string Left => string.Join('\n', left);

    /// <summary>The result of a sentence, when it was run; throws where the run broke off before.</summary>
    public async Task<ConformanceResult> ResultAsync(string sentence)
    {
        var result = results[sentence].Task;
        await await Task.WhenAny(result, running);
        return await result;
    }

    /// <summary>All results, when there are all.</summary>
    public async Task<ConformanceResult[]> AllAsync()
    {
        await running;
        return await Task.WhenAll(results.Values.Select(r => r.Task));
    }

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

        running = Parallel.ForEachAsync(VimConformance.Checks, new ParallelOptions { MaxDegreeOfParallelism = Lanes, CancellationToken = ending.Token }, async (check, _) => await RunAsync(check));
    }

    public async Task DisposeAsync()
    {
        // Only a run of a few tests ends here with sentences that nobody waited for: those under way end, the others never begin.
        await ending.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ending.Dispose();
        foreach (var project in projects)
        {
            project.Dispose();
        }
    }

    /// <summary>What stays although an adapter swept: a group that its last computes did not take along goes with the next sweep, and the kit has closed its adapter before that.</summary>
    private static async Task<string> LeftAsync(CloudBench bench, CloudProject project)
    {
        var rest = await project.LeftAsync();
        if (rest.Length > 0)
        {
            bench.Open(bench.Options());
            try
            {
                await Patiently.Is(async () => (rest = await project.LeftAsync()).Length == 0, "nothing is left after a sweep");
            }
            catch (TimeoutException)
            {
                // It is told below.
            }
        }

        return rest;
    }

    private async Task RunAsync(ConformanceCheck check)
    {
        var project = await free.Reader.ReadAsync();
        await using (var bench = new CloudBench(project))
        {
            try
            {
                var result = await VimConformance.RunAsync(Subject(bench), check);
                if (await LeftAsync(bench, project) is { Length: > 0 } rest)
                {
                    left.Add($"{check.Sentence}: {rest}");
                }

                if (bench.Log.Alarm is { Length: > 0 } alarm)
                {
                    alarms.Add($"{check.Sentence}: {alarm}");
                }

                results[check.Sentence].TrySetResult(result);
            }
#pragma warning disable CA1031 // whoever waits for the sentence hears of it
            catch (Exception e)
            {
                results[check.Sentence].TrySetException(e);
            }
#pragma warning restore CA1031
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

/// <summary>Sentences of the suite, on a real control plane.</summary>
[Trait("Speed", "Slow")]
[Collection(Testbed.Name)]
[TestCaseOrderer("Mano.OpenStack.Tests.InOrderOfTheSuite", "Mano.OpenStack.Tests")]
public sealed class ConformanceTests(ConformanceRun run, ITestOutputHelper output) : IClassFixture<ConformanceRun>
{
    public static TheoryData<string> Sentences { get; } = [.. VimConformance.Checks.Select(c => c.Sentence)];

    [CloudTheory]
    [MemberData(nameof(Sentences))]
    public async Task OpenStack_conforms(string sentence)
    {
        var result = await run.ResultAsync(sentence);
        output.WriteLine($"{result.Verdict}, {result.Elapsed.TotalSeconds:0.0} s: {result.Detail}");
        Assert.True(result.Verdict != ConformanceVerdict.Failed, result.Detail);
    }

    [CloudFact]
    public async Task Nothing_is_left_in_the_project_and_nothing_was_alarmed()
    {
        var all = await run.AllAsync();
        output.WriteLine(string.Join('\n', all.OrderByDescending(r => r.Elapsed).Select(r => $"{r.Elapsed.TotalSeconds,6:0.0} s {r.Verdict} {r.Check.Name}: {r.Check.Sentence}")));
        Assert.True(run.Left.Length == 0, run.Left);
        Assert.True(run.Alarms.Length == 0, run.Alarms);
    }
}

/// <summary>The sentences as the suite has them, then what is about all of them.</summary>
public sealed class InOrderOfTheSuite : ITestCaseOrderer
{
    private static readonly Dictionary<string, int> Places = VimConformance.Checks.Select((c, i) => (c.Sentence, i)).ToDictionary(p => p.Sentence, p => p.i);

    public IEnumerable<TTestCase> OrderTestCases<TTestCase>(IEnumerable<TTestCase> testCases)
        where TTestCase : ITestCase => testCases.OrderBy(c => c.TestMethodArguments is [string sentence] ? Places[sentence] : int.MaxValue);
}
