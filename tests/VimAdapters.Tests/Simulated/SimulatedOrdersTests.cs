using Mano.Mesh.Failures;
using Mano.Testing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Simulated;

namespace Mano.VimAdapters.Tests.Simulated;

/// <summary>What somebody else does to a simulated VIM, by files in its folder.</summary>
public sealed class SimulatedOrdersTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly ImageSource image = ImageSource.FromName("probe:1");
    private SimulatedVim vim = null!;

    private string Vim => folder.File("vim");

    public async Task InitializeAsync()
    {
        vim = Open();
        await vim.EnsureImageAsync(image, default);
        await vim.EnsureComputeAsync("a", 3, Spec("a"), default);
        await vim.EnsureComputeAsync("b", 3, Spec("b"), default);
    }

    public Task DisposeAsync()
    {
        vim.Dispose();
        folder.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_dropped_compute_is_gone_its_numbers_are_not_and_watchers_hear_of_it()
    {
        await using var watch = vim.WatchComputesAsync(default).GetAsyncEnumerator();
        while (watch.Current is not { Kind: ComputeEventKind.Synced })
        {
            Assert.True(await watch.MoveNextAsync().AsTask().Soon());
        }

        await SimulatedInventory.OrderAsync(Vim, "drop a");
        while (watch.Current is not { Kind: ComputeEventKind.Deleted, ComputeId: "a" })
        {
            Assert.True(await watch.MoveNextAsync().AsTask().Soon());
        }

        Assert.Equal(["b"], SimulatedInventory.Read(Vim).Keys);
        Assert.Null(await vim.GetComputeAsync("a", default));
        await Assert.ThrowsAsync<FailureException>(() => vim.EnsureComputeAsync("a", 2, Spec("a"), default));
        Assert.Equal(ComputeState.Running, (await vim.EnsureComputeAsync("a", 3, Spec("a"), default)).State);
    }

    [Fact]
    public async Task An_order_given_while_the_VIM_is_down_is_carried_out_before_it_answers_again()
    {
        vim.Dispose();
        SimulatedInventory.Order(Vim, "lose *");
        vim = Open();
        Assert.Empty(await vim.ListComputesAsync(default));
    }

    [Fact]
    public async Task A_hidden_compute_exists_and_a_ghost_does_not_whatever_looks_say()
    {
        await SimulatedInventory.OrderAsync(Vim, "hide a 600000", "ghost b 600000");
        Assert.Equal(["a"], SimulatedInventory.Read(Vim).Keys);
        Assert.Equal(["b"], (await vim.ListComputesAsync(default)).Select(c => c.ComputeId));
        Assert.Null(await vim.GetComputeAsync("a", default));
        Assert.Equal(ComputeState.Running, (await vim.GetComputeAsync("b", default))!.State);
        await SimulatedInventory.OrderAsync(Vim, "hide * 600000");
        Assert.Empty(await vim.ListComputesAsync(default));
    }

    [Fact]
    public async Task A_stopped_one_stands_still_a_crashed_one_boots_again_and_the_count_of_boots_tells()
    {
        await SimulatedInventory.OrderAsync(Vim, "stop a", "crash b 9");
        Assert.Equal(ComputeState.Stopped, (await vim.GetComputeAsync("a", default))!.State);
        Assert.True(await vim.GetComputeAsync("b", default) is { State: ComputeState.Running, RestartCount: 1, ExitCode: 9 });
        await vim.SetPowerStateAsync("a", 3, PowerState.Started, default);
        Assert.Equal([2, 2], SimulatedInventory.Read(Vim).Values.Select(c => c.Boots));
    }

    [Fact]
    public async Task A_VIM_that_is_away_answers_nothing_and_is_back_by_itself()
    {
        await SimulatedInventory.OrderAsync(Vim, "away * 300");
        await Eventually.Is(async () =>
        {
            try
            {
                return (await vim.ListComputesAsync(default)).Count == 2;
            }
            catch (FailureException e)
            {
                Assert.Equal(FailureKind.Unavailable, e.Failure.Kind);
                return false;
            }
        });
    }

    [Fact]
    public async Task A_wrong_line_has_nothing_of_its_file_done_and_the_file_is_kept()
    {
        var path = SimulatedInventory.Order(Vim, "drop a", "explode b");
        await Eventually.Is(() => File.Exists(path + ".refused"));
        Assert.Equal(["a", "b"], SimulatedInventory.Read(Vim).Keys);
    }

    [Fact]
    public void Orders_without_a_folder_are_refused() =>
        Assert.Contains("Orders", Assert.Throws<FailureException>(() => new SimulatedVim(new() { Orders = true }, TimeProvider.System)).Failure.Message, StringComparison.Ordinal);

    private SimulatedVim Open() => new(new() { Folder = Vim, Orders = true, BootTime = TimeSpan.Zero }, TimeProvider.System);

    private ComputeSpec Spec(string name) => new()
    {
        Name = name, Images = [image.Image], Resources = new(100, 64, 0), Labels = new("default", name), RestartPolicy = RestartPolicy.Always,
    };
}
