using Mano.Testing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalProcess;
using Mano.VimAdapters.LocalProcess.Machine;
using Mano.VimAdapters.LocalProcess.Supervision;

namespace Mano.VimAdapters.Tests.LocalProcess;

/// <summary>What ends, how it ends, and what is left.</summary>
public sealed class EndingTests : IAsyncLifetime
{
    private static int runs;

    // A time to sleep that no other test, and no other run of these tests on this machine, sleeps.
    private readonly string sleep = $"sleep 71.{Environment.ProcessId}{Interlocked.Increment(ref runs):00}";
    private readonly LocalProcessBench bench = new();

    private string Hides => $"setsid env -i /bin/sh -c 'while :; do {sleep}; done' </dev/null >/dev/null 2>&1 &\nsetsid sh -c '{sleep} & {sleep} & {sleep}' &\n";

    public static TheoryData<bool, bool> Modes => new() { { true, true }, { true, false }, { false, true } };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_application_that_ignores_SIGTERM_is_killed_after_the_grace(bool isolated)
    {
        bench.Options = bench.Options with { StopGrace = TimeSpan.FromMilliseconds(400), Namespaces = isolated, Cgroups = isolated };
        await using var vim = bench.Open();
        await bench.RunAsync(vim, "deaf", "trap '' TERM INT HUP\necho deaf\nwhile :; do sleep 60; done");
        await LocalProcessBench.LogShowsAsync(vim, "deaf", "deaf");
        var started = TimeProvider.System.GetTimestamp();
        await vim.DeleteComputeIfAnyAsync("deaf", 2, default);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(20));
        Assert.Empty(bench.LivingOf("deaf"));
    }

    [Fact]
    public async Task An_application_that_heeds_SIGTERM_ends_with_its_own_last_words()
    {
        bench.Options = bench.Options with { StopGrace = TimeSpan.FromSeconds(20) };
        await using var vim = bench.Open();
        await bench.RunAsync(vim, "polite", "trap 'echo goodbye; exit 0' TERM\necho hello\nwhile :; do sleep 60 & wait $!; done");
        await LocalProcessBench.LogShowsAsync(vim, "polite", "hello");
        await vim.SetPowerStateAsync("polite", 2, PowerState.Stopped, default);
        Assert.Equal(ComputeState.Stopped, (await vim.GetComputeAsync("polite", default))!.State);
        Assert.EndsWith("goodbye\n", (await vim.ReadLogAsync("polite", 0, default)).Text, StringComparison.Ordinal);
        Assert.Empty(bench.LivingOf("polite"));
        await vim.DeleteComputeIfAnyAsync("polite", 3, default);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task An_application_that_forks_twice_and_hides_leaves_nothing_when_it_is_deleted(bool namespaces, bool cgroups)
    {
        if ((namespaces && !ThisMachine.Namespaces) || (cgroups && !ThisMachine.Has("pids")))
        {
            return; // This machine cannot show that mode; plain mode promises less, and says so.
        }

        bench.Options = bench.Options with { Namespaces = namespaces, Cgroups = cgroups };
        await using var vim = bench.Open();
        await bench.RunAsync(vim, "hides", Hides + "echo hidden; while :; do sleep 65; done");
        await LocalProcessBench.LogShowsAsync(vim, "hides", "hidden");
        await Eventually.Is(() => Sleepers() == 4);
        await vim.DeleteComputeIfAnyAsync("hides", 2, default);
        Assert.Equal(0, Sleepers());
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task An_application_that_ends_takes_what_it_left_behind_with_it(bool namespaces, bool cgroups)
    {
        if ((namespaces && !ThisMachine.Namespaces) || (cgroups && !ThisMachine.Has("pids")))
        {
            return; // As above.
        }

        bench.Options = bench.Options with { Namespaces = namespaces, Cgroups = cgroups };
        await using var vim = bench.Open();
        await bench.RunAsync(vim, "ends", Hides + "sleep 0.3; exit 7");
        var ended = await LocalProcessBench.BecomesAsync(vim, "ends", c => c.State == ComputeState.Failed);
        Assert.Equal(7, ended.ExitCode);
        await Eventually.Is(() => Sleepers() == 0);
        await vim.DeleteComputeIfAnyAsync("ends", 2, default);
    }

    [Fact]
    public async Task A_crash_loop_backs_off_and_says_when_it_starts_again()
    {
        bench.Options = bench.Options with { BackOff = TimeSpan.FromMilliseconds(100), BackOffLimit = TimeSpan.FromMinutes(10) };
        await using var vim = bench.Open();
        await bench.RunAsync(vim, "loop", "echo again; exit 3", s => s with { RestartPolicy = RestartPolicy.Always });
        var waiting = await LocalProcessBench.BecomesAsync(vim, "loop", c => c.RestartCount >= 5 && c.State == ComputeState.Failed);

        // 100, 200, 400, 800 and 1600 ms have gone by; the next wait is 3.2 s: nothing like a busy loop.
        Assert.Contains("exited with 3; starts again at", waiting.Reason, StringComparison.Ordinal);
        Assert.InRange(waiting.RestartCount, 5, 6);
        await vim.SetPowerStateAsync("loop", 2, PowerState.Stopped, default);
        Assert.Equal(ComputeState.Stopped, (await vim.GetComputeAsync("loop", default))!.State);
        await vim.DeleteComputeIfAnyAsync("loop", 3, default);
    }

    [Theory]
    [InlineData("exit 0", RestartPolicy.OnFailure, ComputeState.Stopped, "exited with 0; not started again")]
    [InlineData("kill -SEGV $$", RestartPolicy.Never, ComputeState.Failed, "killed by signal 11")]
    [InlineData("exec /no/such/program", RestartPolicy.Never, ComputeState.Failed, "exited with 127")]
    public async Task The_reason_says_how_it_ended(string script, RestartPolicy policy, ComputeState state, string reason)
    {
        await using var vim = bench.Open();
        await bench.RunAsync(vim, "ends", script, s => s with { RestartPolicy = policy });
        var ended = await LocalProcessBench.BecomesAsync(vim, "ends", c => c.State == state);
        Assert.Contains(reason, ended.Reason, StringComparison.Ordinal);
        await Eventually.Is(() => bench.LivingOf("ends").Count == 0, "supervisor and logger have left too");

        // An order to start it runs it once more, under the same policy.
        await vim.SetPowerStateAsync("ends", 2, PowerState.Started, default);
        await LocalProcessBench.BecomesAsync(vim, "ends", c => c.State == state && c.Reason.Contains(reason, StringComparison.Ordinal));
        await vim.DeleteComputeIfAnyAsync("ends", 3, default);
    }

    [Fact]
    public async Task Computes_of_an_ephemeral_adapter_end_with_it()
    {
        bench.Options = bench.Options with { Ephemeral = true };
        var vim = bench.Open();
        Assert.False((await vim.GetCapabilitiesAsync(default)).Has(VimCapability.SurvivesRestart));
        await bench.RunAsync(vim, "a", "while :; do sleep 60; done");
        await vim.DisposeAsync();
        Assert.Empty(bench.LivingOf("a"));
        Assert.Empty(Directory.GetFileSystemEntries(bench.VimFolder.Computes));
    }

    [Fact]
    public void A_process_id_in_use_by_another_is_not_taken_for_ours()
    {
        var own = ProcessTable.StartOf(Environment.ProcessId)!.Value;
        Assert.True(ProcessTable.Lives(new(Environment.ProcessId, own)));
        Assert.False(ProcessTable.Lives(new(Environment.ProcessId, own - 1)));
        Assert.False(Native.Signal(new(Environment.ProcessId, own - 1), Native.SigKill));
        var state = new RunState(1, ProcessTable.BootId, Environment.ProcessId, own, RunPhase.Running, null, 0, null, null);
        Assert.True(Launcher.Lives(state));
        Assert.False(Launcher.Lives(state with { SupervisorStart = own + 1 }));
        Assert.False(Launcher.Lives(state with { BootId = "another boot" }));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await bench.DisposeAsync();

    // The hidden processes by what they do, for by design nothing else tells them.
    private int Sleepers() => Directory.EnumerateDirectories("/proc")
        .Count(f => int.TryParse(Path.GetFileName(f), out var pid) && ProcessTable.StartOf(pid) is not null && IsSleeper(f));

    private bool IsSleeper(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ').Trim() == sleep;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
