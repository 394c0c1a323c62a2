using Mano.Mesh.Failures;
using Mano.Testing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Simulated;
using Mano.VimAdapters.Tests.Conformance;

namespace Mano.VimAdapters.Tests.Simulated;

public sealed class SimulatedVimTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly ManualClock clock = new();
    private readonly ImageSource image;

    public SimulatedVimTests() => image = TestImages.RunsForever(folder);

    private ComputeSpec Spec => new() { Name = "a", Images = [image.Image], Resources = new(1000, 512, 1), Labels = new("default", "a") };

    [Fact]
    public async Task A_compute_runs_when_its_boot_time_has_passed_and_watchers_hear_of_it()
    {
        using var vim = await OpenAsync(new() { BootTime = TimeSpan.FromSeconds(30) });
        await using var watch = vim.WatchComputesAsync(default).GetAsyncEnumerator();
        Assert.Equal(ComputeState.Creating, (await vim.EnsureComputeAsync("a", 1, Spec, default)).State);
        clock.Advance(TimeSpan.FromSeconds(29.9));
        Assert.Equal(ComputeState.Creating, (await vim.GetComputeAsync("a", default))!.State);
        Assert.True(await watch.MoveNextAsync());
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(ComputeState.Running, (await vim.GetComputeAsync("a", default))!.State);
        while (watch.Current is not { Kind: ComputeEventKind.Changed, Compute.State: ComputeState.Running })
        {
            Assert.True(await watch.MoveNextAsync().AsTask().Soon());
        }
    }

    [Theory]
    [InlineData(SimulatedFault.Fail, false, FailureKind.Unavailable)]
    [InlineData(SimulatedFault.LoseReply, true, FailureKind.Unavailable)]
    [InlineData(SimulatedFault.NoCapacity, false, FailureKind.NoCapacity)]
    [InlineData(SimulatedFault.Nonsense, false, FailureKind.Internal)]
    public async Task A_scripted_fault_meets_the_next_call_of_its_name_once(SimulatedFault fault, bool hasEffect, FailureKind kind)
    {
        using var vim = await OpenAsync(new());
        vim.FailNext(VimCall.EnsureCompute, fault);
        await vim.GetCapacityAsync(default);
        var refusal = await Assert.ThrowsAsync<FailureException>(() => vim.EnsureComputeAsync("a", 1, Spec, default));
        Assert.Equal(kind, refusal.Failure.Kind);
        Assert.Equal(hasEffect, await vim.GetComputeAsync("a", default) is not null);
        await vim.EnsureComputeAsync("a", 1, Spec, default);
        Assert.Single(await vim.ListComputesAsync(default));
    }

    [Theory]
    [InlineData(SimulatedFault.Hang, false)]
    [InlineData(SimulatedFault.HangAfterEffect, true)]
    public async Task A_hanging_call_ends_when_its_caller_gives_up(SimulatedFault fault, bool hasEffect)
    {
        using var vim = await OpenAsync(new());
        vim.FailNext(VimCall.EnsureCompute, fault);
        using var patience = new CancellationTokenSource();
        var call = vim.EnsureComputeAsync("a", 1, Spec, patience.Token);
        clock.Advance(TimeSpan.FromDays(1));
        Assert.False(call.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(hasEffect, await vim.GetComputeAsync("a", default) is not null);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_faults()
    {
        var first = await FaultsAsync(7);
        Assert.Equal(first, await FaultsAsync(7));
        Assert.NotEqual(first, await FaultsAsync(8));
        Assert.InRange(first.Count(f => f), 10, 50);
    }

    [Fact]
    public async Task A_compute_that_crashes_follows_its_restart_policy()
    {
        using var vim = await OpenAsync(new() { BootTime = TimeSpan.FromSeconds(1) });
        await vim.EnsureComputeAsync("again", 1, Spec with { RestartPolicy = RestartPolicy.OnFailure }, default);
        await vim.EnsureComputeAsync("never", 1, Spec with { RestartPolicy = RestartPolicy.Never }, default);
        clock.Advance(TimeSpan.FromSeconds(1));
        vim.Crash("again", 3);
        vim.Crash("never", 3);
        Assert.Equal(ComputeState.Creating, (await vim.GetComputeAsync("again", default))!.State);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await vim.GetComputeAsync("again", default) is { State: ComputeState.Running, RestartCount: 1, ExitCode: 3 });
        Assert.True(await vim.GetComputeAsync("never", default) is { State: ComputeState.Failed, RestartCount: 0, ExitCode: 3 });
    }

    [Fact]
    public async Task A_delete_takes_its_time_and_frees_the_capacity_only_then()
    {
        using var vim = await OpenAsync(new() { DeleteTime = TimeSpan.FromSeconds(5), BootTime = TimeSpan.Zero });
        await vim.EnsureComputeAsync("a", 1, Spec, default);
        var delete = vim.DeleteComputeIfAnyAsync("a", 2, default);
        Assert.Equal(ComputeState.Deleting, (await vim.GetComputeAsync("a", default))!.State);
        Assert.Equal(Spec.Resources, (await vim.GetCapacityAsync(default)).Used);
        clock.Advance(TimeSpan.FromSeconds(5));
        await delete.Soon();
        Assert.Null(await vim.GetComputeAsync("a", default));
        Assert.Equal(default, (await vim.GetCapacityAsync(default)).Used);
    }

    [Fact]
    public async Task With_a_folder_computes_boot_on_and_scripts_go_on_while_the_process_is_away()
    {
        var options = new SimulatedVimOptions { Folder = folder.File("vim"), BootTime = TimeSpan.FromSeconds(10), Script = ["EnsureCompute:LoseReply", "EnsureCompute:Fail"] };
        using (var vim = await OpenAsync(options))
        {
            await Assert.ThrowsAsync<FailureException>(() => vim.EnsureComputeAsync("a", 1, Spec, default));
        }

        clock.Advance(TimeSpan.FromSeconds(10));
        using var again = new SimulatedVim(options, clock);
        Assert.Equal(ComputeState.Running, (await again.GetComputeAsync("a", default))!.State);
        var second = await Assert.ThrowsAsync<FailureException>(() => again.EnsureComputeAsync("a", 1, Spec, default));
        Assert.Contains("did not take EnsureCompute", second.Failure.Message, StringComparison.Ordinal);
        await again.EnsureComputeAsync("a", 1, Spec, default);
    }

    [Fact]
    public async Task The_number_of_a_deleted_compute_is_forgotten_after_its_retention()
    {
        using var vim = await OpenAsync(new() { FenceRetention = TimeSpan.FromHours(1) });
        await vim.DeleteComputeIfAnyAsync("a", 5, default);
        clock.Advance(TimeSpan.FromMinutes(59));
        await Assert.ThrowsAsync<FailureException>(() => vim.EnsureComputeAsync("a", 5, Spec, default));
        clock.Advance(TimeSpan.FromMinutes(61));
        await vim.EnsureComputeAsync("a", 1, Spec, default);
    }

    public void Dispose() => folder.Dispose();

    private async Task<SimulatedVim> OpenAsync(SimulatedVimOptions options)
    {
        var vim = new SimulatedVim(options, clock);
        await vim.EnsureImageAsync(image, default);
        return vim;
    }

    private async Task<List<bool>> FaultsAsync(int seed)
    {
        using var vim = new SimulatedVim(new() { FaultRate = 0.1, LostReplyRate = 0.1, Seed = seed }, clock);
        var faults = new List<bool>();
        for (var i = 0; i < 120; i++)
        {
            try
            {
                await vim.ListComputesAsync(default);
                faults.Add(false);
            }
            catch (FailureException)
            {
                faults.Add(true);
            }
        }

        return faults;
    }
}
