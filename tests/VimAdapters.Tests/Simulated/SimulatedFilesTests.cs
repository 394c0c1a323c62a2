using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Mano.Testing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Simulated;
using Mano.VimAdapters.Tests.Processes;

namespace Mano.VimAdapters.Tests.Simulated;

/// <summary>What a simulated VIM keeps: nothing that was told is lost, whenever its process dies, and a look from outside sees it.</summary>
public sealed class SimulatedFilesTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly ManualClock clock = new();
    private readonly ImageSource image = ImageSource.FromName("probe:1");

    private string Vim => folder.File("vim");

    private string Journal => Path.Combine(Vim, "keys.jsonl");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    public async Task A_line_that_was_cut_off_by_the_death_of_the_process_does_not_count(int compactAfter)
    {
        using (var vim = await OpenAsync(compactAfter))
        {
            await vim.EnsureComputeAsync("a", 1, Spec("a"), default);
        }

        var whole = await File.ReadAllBytesAsync(Journal);
        var line = Encoding.UTF8.GetString(whole).Split('\n')[^2].Replace("\"a\"", "\"b\"", StringComparison.Ordinal);
        foreach (var cut in new[] { 1, line.Length / 2, line.Length })
        {
            await File.WriteAllBytesAsync(Journal, [.. whole, .. Encoding.UTF8.GetBytes(line[..cut])]);
            Assert.Equal(["a"], SimulatedInventory.Read(Vim).Keys);
            using var again = await OpenAsync(compactAfter);
            Assert.Equal(["a"], (await again.ListComputesAsync(default)).Select(c => c.ComputeId));

            // What is written next stands on a line of its own.
            await again.DeleteComputeIfAnyAsync("c", 1, default);
            Assert.Equal(["a"], SimulatedInventory.Read(Vim).Keys);
        }
    }

    [Fact]
    public async Task A_long_journal_is_written_anew_and_says_the_same()
    {
        using var vim = await OpenAsync(compactAfter: 16);
        for (var i = 1; i <= 200; i++)
        {
            await vim.EnsureComputeAsync("stays", i, Spec("stays"), default);
            await vim.EnsureComputeAsync($"goes-{i % 3}", 2 * i, Spec("goes"), default);
            await vim.DeleteComputeIfAnyAsync($"goes-{i % 3}", (2 * i) + 1, default);
        }

        Assert.InRange(SimulatedInventory.Lines(Vim).Count(), 4, 16 + (4 * 4) + 1);
        Assert.Equal(["stays"], SimulatedInventory.Read(Vim).Keys);
    }

    [Fact]
    public async Task A_journal_that_is_never_compacted_is_the_whole_history_over_any_number_of_starts()
    {
        for (var i = 1; i <= 3; i++)
        {
            using var vim = await OpenAsync(compactAfter: 0);
            await vim.EnsureComputeAsync("a", 2 * i, Spec("a"), default);
            await vim.DeleteComputeIfAnyAsync("a", (2 * i) + 1, default);
        }

        var existed = SimulatedInventory.Lines(Vim).Select(key => key.GetProperty("Compute").ValueKind == System.Text.Json.JsonValueKind.Object).ToArray();
        Assert.Equal(3, existed.Where((now, i) => now && (i == 0 || !existed[i - 1])).Count());
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(2, 4096)]
    [InlineData(3, 0)]
    [SuppressMessage("Security", "CA5394", Justification = "The instants of the kills are repeatable on purpose.")]
    public async Task Killed_at_any_instant_it_has_lost_nothing_that_it_told(int seed, int compactAfter)
    {
        var random = new Random(seed);
        for (var round = 0; round < 6; round++)
        {
            var told = await KilledAfterAsync(TimeSpan.FromMilliseconds(random.Next(1, 250)), compactAfter);
            var fences = SimulatedInventory.Lines(Vim)
                .GroupBy(key => key.GetProperty("ComputeId").GetString()!)
                .ToDictionary(lines => lines.Key, lines => lines.Last().GetProperty("Fence").GetProperty("Last").GetInt64());
            var computes = SimulatedInventory.Read(Vim);
            foreach (var (id, (number, exists)) in told)
            {
                // What was told last is there, or what came after it and could not be told any more.
                Assert.True(fences[id] >= number, $"{id}: told {number}, kept {fences[id]}; seed {seed}, round {round}");
                Assert.True(fences[id] > number || computes.ContainsKey(id) == exists, $"{id} at {number}: told {exists}; seed {seed}, round {round}");
            }

            using var again = new SimulatedVim(Simulate.Options(Vim, compactAfter), TimeProvider.System);
            Assert.Equal(computes.Values.Where(c => !c.BeingDeleted).Select(c => c.ComputeId), (await again.ListComputesAsync(default)).Select(c => c.ComputeId));
        }
    }

    [Fact]
    public async Task What_befalls_a_compute_follows_from_seed_id_and_number_whatever_was_called_before()
    {
        var first = await FatesAsync(seed: 5, backwards: false);
        Assert.Equal(first, await FatesAsync(seed: 5, backwards: true));
        Assert.NotEqual(first, await FatesAsync(seed: 6, backwards: false));
        Assert.InRange(first.Values.Count(state => state == ComputeState.Failed), 10, 60);
        Assert.InRange(first.Values.Count(state => state == ComputeState.Creating), 10, 90);
    }

    public void Dispose() => folder.Dispose();

    private static ComputeSpec Spec(string name) => new()
    {
        Name = name, Images = [ImageSource.FromName("probe:1").Image], Resources = new(100, 64, 0), Labels = new("default", name),
    };

    private async Task<SimulatedVim> OpenAsync(int compactAfter)
    {
        var vim = new SimulatedVim(new() { Folder = Vim, CompactAfter = compactAfter }, clock);
        await vim.EnsureImageAsync(image, default);
        return vim;
    }

    private async Task<Dictionary<string, ComputeState>> FatesAsync(int seed, bool backwards)
    {
        using var vim = new SimulatedVim(
            new() { Seed = seed, BootFailureRate = 0.3, BootTime = TimeSpan.FromSeconds(1), BootTimeSpread = TimeSpan.FromSeconds(2) }, clock);
        await vim.EnsureImageAsync(image, default);
        var ids = Enumerable.Range(0, 100).Select(i => $"c{i}");
        foreach (var id in backwards ? ids.Reverse() : ids)
        {
            await vim.EnsureComputeAsync(id, 7, Spec(id), default);
        }

        clock.Advance(TimeSpan.FromSeconds(2));
        return (await vim.ListComputesAsync(default)).ToDictionary(c => c.ComputeId, c => c.State);
    }

    /// <summary>The last thing that was told of each compute.</summary>
    private async Task<Dictionary<string, (long Number, bool Exists)>> KilledAfterAsync(TimeSpan time, int compactAfter)
    {
        await using var child = ChildProcess.StartDotnet(typeof(Simulate).Assembly.Location, "simulate", Vim, compactAfter.ToString(CultureInfo.InvariantCulture));
        await Eventually.Is(() => child.Output.Contains("ready"), "the simulated VIM is ready");
        await Task.Delay(time, TimeProvider.System);
        await child.Kill();
        return child.Output
            .Select(line => line.Split(' '))
            .Where(parts => parts.Length == 3 && bool.TryParse(parts[2], out _))
            .GroupBy(parts => parts[0])
            .ToDictionary(lines => lines.Key, lines => (long.Parse(lines.Last()[1], CultureInfo.InvariantCulture), bool.Parse(lines.Last()[2])));
    }
}
