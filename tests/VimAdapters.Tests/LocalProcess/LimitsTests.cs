using Mano.Testing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalProcess;
using Mano.VimAdapters.LocalProcess.Machine;

namespace Mano.VimAdapters.Tests.LocalProcess;

public sealed class LimitsTests : IAsyncLifetime
{
    private const string GrowsForEver = "x=0123456789; while :; do x=$x$x; done";
    private readonly LocalProcessBench bench = new();

    // Not below /tmp, where this may have been cloned and built: a compute has a /tmp of its own.
    private readonly DirectoryInfo tools = Directory.CreateDirectory($"/var/tmp/mano-test-tools-{Path.GetRandomFileName()}");

    [CgroupFact("memory")]
    public async Task A_compute_over_its_memory_limit_is_killed_and_the_reason_says_so()
    {
        await using var vim = bench.Open();
        await bench.RunAsync(vim, "grows", GrowsForEver, s => s with { Resources = new(0, 64, 0) });
        var failed = await LocalProcessBench.BecomesAsync(vim, "grows", c => c.State == ComputeState.Failed);
        Assert.Equal(137, failed.ExitCode);
        Assert.Contains("killed for memory, its limit is 64 MiB", failed.Reason, StringComparison.Ordinal);
        Assert.Contains(failed.Enforcements, e => e is { Name: "memory", Applied: true });
        await vim.DeleteComputeIfAnyAsync("grows", 2, default);
    }

    [Fact]
    public async Task Without_control_groups_one_process_is_held_to_the_limit_and_the_status_says_what_is_missing()
    {
        bench.Options = bench.Options with { Cgroups = false };
        await using var vim = bench.Open();
        Assert.False((await vim.GetCapabilitiesAsync(default)).Has(VimCapability.LimitsMemory));
        await bench.RunAsync(vim, "grows", GrowsForEver, s => s with { Resources = new(100, 64, 0) });
        var failed = await LocalProcessBench.BecomesAsync(vim, "grows", c => c.State == ComputeState.Failed);
        var memory = failed.Enforcements.Single(e => e.Name == "memory");
        Assert.False(memory.Applied);
        Assert.Contains("switched off by the settings", memory.Detail, StringComparison.Ordinal);
        Assert.Contains("each single process is held to 64 MiB", memory.Detail, StringComparison.Ordinal);
        Assert.False(failed.Enforcements.Single(e => e.Name == "cpu").Applied);
        await vim.DeleteComputeIfAnyAsync("grows", 2, default);
    }

    [CgroupFact("memory")]
    public async Task The_vims_own_groups_are_there_only_while_a_compute_is_so_that_a_killed_process_leaves_none()
    {
        await using var vim = bench.Open();
        Assert.Empty(Groups());
        await bench.RunAsync(vim, "stays", "while :; do sleep 60 & wait $!; done", s => s with { Resources = new(0, 64, 0) });
        Assert.NotEmpty(Groups());
        await vim.DeleteComputeIfAnyAsync("stays", 2, default);
        Assert.Empty(Groups());
        await bench.RunAsync(vim, "again", "while :; do sleep 60 & wait $!; done", s => s with { Resources = new(0, 64, 0) });
        Assert.Contains((await vim.GetComputeAsync("again", default))!.Enforcements, e => e is { Name: "memory", Applied: true });
        await vim.DeleteComputeIfAnyAsync("again", 2, default);

        string[] Groups() => Directory.GetDirectories("/sys/fs/cgroup", $"mano-{bench.VimFolder.VimId}", SearchOption.AllDirectories);
    }

    [CgroupFact("cpu")]
    public async Task A_busy_compute_is_throttled_to_its_share_of_the_processor()
    {
        await using var vim = bench.Open();
        var busy = await bench.RunAsync(vim, "busy", "while :; do :; done", s => s with { Resources = new(100, 0, 0) });
        Assert.Contains(busy.Enforcements, e => e is { Name: "cpu", Applied: true });
        var stat = Directory.GetFiles("/sys/fs/cgroup", "cpu.stat", SearchOption.AllDirectories).Single(f => f.Contains($"mano-{bench.VimFolder.VimId}/busy/", StringComparison.Ordinal) && File.ReadAllText(f).Contains("nr_throttled", StringComparison.Ordinal));
        await Eventually.Is(() => File.ReadLines(stat).Any(l => l.StartsWith("nr_throttled ", StringComparison.Ordinal) && l != "nr_throttled 0"));
        await vim.DeleteComputeIfAnyAsync("busy", 2, default);
    }

    [Fact]
    public async Task A_fork_bomb_is_contained_and_leaves_nothing()
    {
        if (!ThisMachine.Has("pids") && !ThisMachine.OwnUser)
        {
            return; // Nothing here counts processes; the status says so, which the test above asserts.
        }

        // A user of its own: the limit counts all processes of one on this machine.
        bench.Options = bench.Options with { MaxProcesses = 24, FirstUserId = 63000 };
        await using var vim = bench.Open();

        // Bounded in itself, for the day the limit should fail: 120 processes, no more.
        await bench.RunAsync(vim, "bomb", "sh -c 'i=0; while [ $i -lt 120 ]; do sleep 61 & i=$((i+1)); done; echo all started'; echo over; exec sleep 61");
        await LocalProcessBench.LogShowsAsync(vim, "bomb", "over");
        Assert.InRange(bench.LivingOf("bomb").Count, 15, 32);
        Assert.DoesNotContain("all started", (await vim.ReadLogAsync("bomb", 0, default)).Text, StringComparison.Ordinal);
        await vim.DeleteComputeIfAnyAsync("bomb", 2, default);
        Assert.Empty(bench.LivingOf("bomb"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_flood_of_output_stays_bounded(bool withStdBuf)
    {
        bench.Options = bench.Options with { LogBytes = 65536, ToolFolders = withStdBuf ? [] : ToolsWithout("stdbuf") };
        await using var vim = bench.Open();
        await bench.RunAsync(vim, "flood", "exec yes 0123456789012345678901234567890123456789");
        var log = bench.VimFolder.Log("flood");
        await Eventually.Is(() => File.Exists(log + ".1"));
        for (var i = 0; i < 200; i++)
        {
            Assert.InRange(SizeOf(log), 0, 65536);
            Assert.InRange(SizeOf(log + ".1"), 0, 65536);
        }

        var tail = await vim.ReadLogAsync("flood", 1000, default);
        Assert.True(tail.Truncated);
        Assert.Contains("0123456789012345678901234567890123456789\n", tail.Text, StringComparison.Ordinal);
        await vim.DeleteComputeIfAnyAsync("flood", 2, default);
    }

    [Fact]
    public async Task Output_that_is_slow_is_seen_at_once_and_survives_a_rotation_in_order()
    {
        bench.Options = bench.Options with { LogBytes = 4096 };
        await using var vim = bench.Open();
        await bench.RunAsync(vim, "slow", "i=1; while [ $i -le 150 ]; do echo line $i of the slow application is here; i=$((i+1)); done; echo end; sleep 60");
        await LocalProcessBench.LogShowsAsync(vim, "slow", "end\n");
        var lines = (await vim.ReadLogAsync("slow", 0, default)).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(1, 150).Select(i => $"line {i} of the slow application is here").Append("end").TakeLast(lines.Length - 1), lines.Skip(1));
        Assert.InRange(lines.Length, 100, 151);
        await vim.DeleteComputeIfAnyAsync("slow", 2, default);
    }

    [Fact]
    public void A_control_group_that_cannot_be_written_is_told_with_its_file()
    {
        var limit = CgroupLimits.For(new(100, 64, 0), 100).First();
        var applied = limit.Apply(bench.Folder.File("nowhere"), isV2: true);
        Assert.False(applied.Applied);
        Assert.Contains("nowhere/memory.max", applied.Detail, StringComparison.Ordinal);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        tools.Delete(recursive: true);
        await bench.DisposeAsync();
    }

    private static long SizeOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }

    private string[] ToolsWithout(string missing)
    {
        foreach (var tool in new[] { "setsid", "unshare", "setpriv", "chroot", "stdbuf", "mount" }.Where(t => t != missing))
        {
            if (Tools.Path.Split(':').Select(f => Path.Combine(f, tool)).FirstOrDefault(File.Exists) is { } path)
            {
                File.CreateSymbolicLink(Path.Combine(tools.FullName, tool), path);
            }
        }

        return [tools.FullName];
    }
}
