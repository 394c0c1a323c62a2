using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Mano.Mesh.Failures;
using Mano.Testing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalProcess;
using Mano.VimAdapters.LocalProcess.Machine;
using Mano.VimAdapters.LocalProcess.Supervision;
using Mano.VimAdapters.Tests.Processes;
using Xunit.Abstractions;

namespace Mano.VimAdapters.Tests.LocalProcess;

/// <summary>The adapter's process dies at any instant: no compute is lost, none runs twice, none is left.</summary>
public sealed class RestartTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Forever = "echo start of $$\nwhile :; do sleep 60 & wait $!; done";
    private readonly LocalProcessBench bench = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [SuppressMessage("Security", "CA5394", Justification = "The instants of the kills are repeatable on purpose.")]
    public async Task Killed_at_any_instant_it_finds_its_computes_again_no_orphan_and_no_double(int seed)
    {
        var random = new Random(seed);
        var image = TestImagePath();
        for (var round = 0; round < 8; round++)
        {
            await KillAfterAsync(TimeSpan.FromMilliseconds(random.Next(1, 400)), image);
            await using var vim = bench.Open(Churn.Options(bench.Options.Folder, bench.Options.AddressRange));
            try
            {
                await Eventually.Is(() => Settled(vim), $"all computes settled after kill {round} of seed {seed}");
            }
            catch (TimeoutException e)
            {
                throw new TimeoutException($"{e.Message}\n{await PictureAsync(vim)}", e);
            }
        }

        await using var last = bench.Open(Churn.Options(bench.Options.Folder, bench.Options.AddressRange));
        foreach (var compute in await last.ListComputesAsync(default))
        {
            output.WriteLine($"{compute.ComputeId}: {compute.State} {compute.Reason}");
            await last.DeleteComputeIfAnyAsync(compute.ComputeId, long.MaxValue, default);
        }
    }

    [Fact]
    public async Task The_application_runs_on_while_the_adapter_is_dead_and_its_log_is_complete()
    {
        int first;
        await using (var vim = bench.Open())
        {
            await bench.RunAsync(vim, "a", "i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.05; done", s => s with { RestartPolicy = RestartPolicy.Always });
            await LocalProcessBench.LogShowsAsync(vim, "a", "tick 1\n");
            first = bench.LivingOf("a").Count;
        }

        var log = bench.VimFolder.Log("a");
        var size = new FileInfo(log).Length;
        await Eventually.Is(() => new FileInfo(log).Length > size);
        await using var again = bench.Open();
        Assert.Equal(0, (await again.GetComputeAsync("a", default))!.RestartCount);
        Assert.InRange(bench.LivingOf("a").Count, first - 1, first + 1);
        var ticks = (await again.ReadLogAsync("a", 0, default)).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(1, ticks.Length).Select(i => $"tick {i}"), ticks);
        await again.DeleteComputeIfAnyAsync("a", 2, default);
    }

    [Theory]
    [InlineData(RestartPolicy.Always, ComputeState.Running)]
    [InlineData(RestartPolicy.Never, ComputeState.Failed)]
    public async Task A_killed_supervisor_is_replaced_by_the_policy_and_nothing_runs_twice(RestartPolicy policy, ComputeState then)
    {
        await using var vim = bench.Open();
        await bench.RunAsync(vim, "a", Forever, s => s with { RestartPolicy = policy });
        await LocalProcessBench.LogShowsAsync(vim, "a", "start of");
        var state = RunState.ReadIfAny(bench.VimFolder.State("a"))!;
        Assert.True(Native.Signal(new(state.Supervisor, state.SupervisorStart), Native.SigKill));
        await LocalProcessBench.BecomesAsync(vim, "a", c => c.State == then && (then == ComputeState.Failed || c.RestartCount == 1));
        await Eventually.Is(() => Supervisors("a") == (then == ComputeState.Running ? 1 : 0));
        await Eventually.Is(() => Applications("a") == (then == ComputeState.Running ? 1 : 0));
        await vim.DeleteComputeIfAnyAsync("a", 2, default);
    }

    [Fact]
    public async Task A_killed_application_is_restarted_by_its_supervisor()
    {
        await using var vim = bench.Open();
        await bench.RunAsync(vim, "a", "echo start; exec sleep 60", s => s with { RestartPolicy = RestartPolicy.OnFailure });
        var sleeper = 0;
        await Eventually.Is(() => (sleeper = bench.LivingOf("a").Select(p => p.Pid).FirstOrDefault(p => CommandOf(p).StartsWith("sleep", StringComparison.Ordinal))) != 0);
        Native.Signal(new(sleeper, ProcessTable.StartOf(sleeper)!.Value), Native.SigKill);
        var restarted = await LocalProcessBench.BecomesAsync(vim, "a", c => c is { RestartCount: 1, State: ComputeState.Running });
        Assert.Equal(137, restarted.ExitCode);
        await vim.DeleteComputeIfAnyAsync("a", 2, default);
    }

    [Fact]
    public async Task A_stray_process_with_our_mark_is_killed_when_the_adapter_opens()
    {
        var folder = bench.VimFolder;
        var marks = new Dictionary<string, string> { [Marks.Vim] = folder.VimId, [Marks.Compute] = "stray" };
        using var stray = Tools.Start("/bin/sleep", ["60"], marks);
        await using var vim = bench.Open();
        await stray.WaitForExitAsync().Soon();
        Assert.Equal(137, stray.ExitCode);
    }

    [Fact]
    public async Task A_supervisor_whose_run_is_over_leaves_at_once()
    {
        await using var vim = bench.Open();
        await bench.RunAsync(vim, "a", Forever, s => s with { RestartPolicy = RestartPolicy.Always });
        var compute = bench.VimFolder.Compute("a");
        await File.WriteAllTextAsync(bench.VimFolder.Current("a") + ".x", "");
        var settings = Path.Combine(compute, "settings-of-an-old-run");
        await File.WriteAllTextAsync(settings, (await File.ReadAllTextAsync(Path.Combine(compute, "settings"))).Replace("run='1'", "run='0'", StringComparison.Ordinal));
        var script = Directory.GetFiles(bench.VimFolder.Scripts).Single();
        Assert.True(Tools.Succeeds("/bin/sh", script, settings));
        Assert.Equal(1, Supervisors("a"));
        await vim.DeleteComputeIfAnyAsync("a", 2, default);
    }

    [Fact]
    public async Task A_delete_that_was_begun_is_finished_after_a_restart()
    {
        bench.Options = bench.Options with { StopGrace = TimeSpan.FromMinutes(5) };
        await using (var vim = bench.Open())
        {
            await bench.RunAsync(vim, "a", "trap '' TERM\necho deaf\nwhile :; do sleep 60; done");
            await LocalProcessBench.LogShowsAsync(vim, "a", "deaf");
            using var impatient = new CancellationTokenSource();
            var delete = vim.DeleteComputeIfAnyAsync("a", 2, impatient.Token);
            await LocalProcessBench.BecomesAsync(vim, "a", c => c.State == ComputeState.Deleting);
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delete);
            Assert.Equal(ComputeState.Deleting, (await vim.GetComputeAsync("a", default))!.State);
        }

        bench.Options = bench.Options with { StopGrace = TimeSpan.FromMilliseconds(100) };
        await using var again = bench.Open();
        await Eventually.Is(async () => await again.GetComputeAsync("a", default) is null);
        Assert.Empty(bench.LivingOf("a"));
        var sealedNumber = await Assert.ThrowsAsync<FailureException>(() => bench.RunAsync(again, "a", Forever));
        Assert.Equal(FailureKind.Conflict, sealedNumber.Failure.Kind);
    }

    [Fact]
    public async Task A_second_adapter_on_the_same_folder_is_refused()
    {
        await using var vim = bench.Open();
        var refusal = Assert.Throws<FailureException>(() => bench.Open());
        Assert.Contains("Another adapter works in", refusal.Failure.Message, StringComparison.Ordinal);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await bench.DisposeAsync();

    private async Task KillAfterAsync(TimeSpan delay, string image)
    {
        await using var child = ChildProcess.StartDotnet(typeof(Churn).Assembly.Location, "churn", bench.Options.Folder, bench.Options.AddressRange, image);
        await Eventually.Is(() => child.Output.Contains("ready") || child.HasExited);
        Assert.False(child.HasExited, string.Join('\n', child.Errors));
        await Task.Delay(delay, TimeProvider.System);
        Assert.False(child.HasExited, string.Join('\n', child.Errors));
        await child.Kill();
    }

    /// <summary>Every compute is what its record intends, once; and nothing bears our mark that has no record.</summary>
    private async Task<bool> Settled(LocalProcessVim vim)
    {
        var computes = await vim.ListComputesAsync(default);
        var marked = new Remains(bench.VimFolder.VimId, TimeProvider.System).Marked();
        var states = computes.All(c => c.State is ComputeState.Running or ComputeState.Stopped);
        return states && marked.All(m => computes.Any(c => c.ComputeId == m))
            && computes.All(c => Supervisors(c.ComputeId) == (c.State == ComputeState.Running ? 1 : 0))
            && computes.All(c => Applications(c.ComputeId) == (c.State == ComputeState.Running ? 1 : 0));
    }

    private async Task<string> PictureAsync(LocalProcessVim vim)
    {
        var lines = new List<string>();
        foreach (var compute in await vim.ListComputesAsync(default))
        {
            var id = compute.ComputeId;
            lines.Add($"{id}: {compute.State}, {compute.Reason}, {Supervisors(id)} supervisors, {Applications(id)} applications");
            lines.AddRange(bench.LivingOf(id).Select(p => $"    {p.Pid} < {ParentOf(p.Pid)}: {CommandOf(p.Pid)}"));
            lines.Add("    log: " + (await vim.ReadLogAsync(id, 0, default)).Text);
        }

        return string.Join('\n', lines);
    }

    private string TestImagePath()
    {
        var path = bench.Folder.File("churn.sh");
        File.WriteAllText(path, "#!/bin/sh\nexec sleep 67\n");
        return path;
    }

    // The logger is a fork of the supervisor with the same command line: a supervisor's parent is not one itself.
    private int Supervisors(string computeId)
    {
        var pids = bench.LivingOf(computeId).Select(p => p.Pid).Where(p => CommandOf(p).Contains("/supervise-", StringComparison.Ordinal)).ToHashSet();
        return pids.Count(p => !pids.Contains(ParentOf(p)));
    }

    private int Applications(string computeId) => bench.LivingOf(computeId)
        .Count(p => CommandOf(p.Pid) is var command && (command == "sleep 67" || (command.Contains("/bin/" + computeId + ".sh", StringComparison.Ordinal) && command.StartsWith("/bin/sh", StringComparison.Ordinal))));

    private static string CommandOf(int pid) => Read($"/proc/{pid}/cmdline").Replace('\0', ' ').Trim();

    private static int ParentOf(int pid) => Read($"/proc/{pid}/stat").Split(") ")[^1].Split(' ') is [_, var parent, ..] ? int.Parse(parent, null) : 0;

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
