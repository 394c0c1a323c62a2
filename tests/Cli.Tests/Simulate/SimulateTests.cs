using System.Text.Json;
using Mano.Cli.Simulate;
using Mano.Cli.Terminal;
using Mano.Testing;

namespace Mano.Cli.Tests.Simulate;

/// <summary>Whole simulations: a MEO in a process of its own, the fleet in this one or in the command's.</summary>
public sealed class SimulateTests
{
    [Fact]
    public async Task Twenty_sites_of_which_everything_fails_now_and_then_end_in_agreement_and_leave_nothing()
    {
        var run = await CommandRun.Of(
        [
            "simulate", "--sites", "20", "--hosts", "2", "--instances", "60", "--in-flight", "8", "--duration", "6s", "--outages", "6", "--outage-time", "1s",
            "--vim-faults", "0.05", "--lost-replies", "0.03", "--boot-failures", "0.05", "--boot", "50ms", "--boot-spread", "100ms", "--seed", "3", "--output", "json",
        ]);
        Assert.True(run.Exit == ExitCode.Done, run.ToString());
        var summary = Summary(run);
        Assert.Equal(20, summary.Sites.Connected);
        Assert.Equal(6, summary.Sites.WentAway);
        Assert.Equal(6, summary.Sites.CameBack);
        Assert.True(summary.Instantiated.Completed >= 40, run.ToString());
        Assert.True(summary.Terminated.Completed > 0, run.ToString());
        Assert.Equal(0, summary.Instantiated.Unfinished + summary.Terminated.Unfinished);
        Assert.Empty(summary.Agreement.Differences);
        Assert.Equal(0, summary.Left!.Instances);
        Assert.Empty(summary.Left.Differences);
        Assert.True(summary.Meo!.PeakMib > 10, run.ToString());
    }

    [Fact]
    public async Task What_it_says_to_people_has_sites_operations_agreement_and_memory()
    {
        var run = await CommandRun.Of(["simulate", "--sites", "2", "--instances", "4", "--in-flight", "2"]);
        Assert.True(run.Exit == ExitCode.Done, run.ToString());
        Assert.Matches(@"2 of 2 connected", run.Out);
        Assert.Matches(@"instantiate +4 completed, 0 failed", run.Out);
        Assert.Matches(@"4 instances on record, and the sites have exactly those", run.Out);
        Assert.Matches(@"MiB with the sites", run.Out);
    }

    [Fact]
    public async Task Ctrl_C_ends_the_load_and_gives_the_summary()
    {
        using var folder = new TempFolder();
        await using var process = ManoProcess.Start(folder, "simulate", "--sites", "3", "--instances", "6", "--duration", "1h", "--rate", "5");
        await Eventually.Is(() => process.Err.Contains("in flight", StringComparison.Ordinal), "a line of progress");
        process.Interrupt();
        Assert.Equal((int)ExitCode.Interrupted, await process.WaitForExit());
        Assert.Contains("and the sites have exactly those", process.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--sites: '0' is not right; a whole number from 1 to 50000 would be.", "--sites", "0")]
    [InlineData("--in-flight: 'many' is not right; a whole number from 1 to 4096 would be.", "--in-flight", "many")]
    [InlineData("--vim-faults: '2' is not a share; from 0 to 0.9 would be right.", "--vim-faults", "2")]
    [InlineData("--duration: '5' has no unit; write 250ms, 5s, 2m or 1h.", "--duration", "5")]
    [InlineData("--outages: sites go away within --duration, which is not given; --duration 30s would be right.", "--outages", "5")]
    [InlineData("--listen: '7500' is not an address and port; write 127.0.0.1:7401, or [::1]:7401.", "--listen", "7500")]
    public async Task A_wrong_value_is_told_in_a_sentence_and_nothing_starts(string sentence, params string[] flags)
    {
        var run = await CommandRun.Of(["simulate", .. flags]);
        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains(sentence, run.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_MEO_that_is_not_there_is_told()
    {
        var run = await CommandRun.Of(["simulate", "--meo", "http://127.0.0.1:9"]);
        Assert.Equal(ExitCode.Unreachable, run.Exit);
        Assert.Contains("127.0.0.1:9", run.Err, StringComparison.Ordinal);
    }

    private static FleetSummary Summary(CommandRun run) => JsonSerializer.Deserialize(run.Out, SimulateJson.Default.FleetSummary)!;
}
