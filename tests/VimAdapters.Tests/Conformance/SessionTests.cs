using Mano.Testing;
using Mano.VimAdapters.Conformance;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Simulated;

namespace Mano.VimAdapters.Tests.Conformance;

/// <summary>The kit leaves a VIM as it found it, whatever happens.</summary>
public sealed class SessionTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly SimulatedVim vim = new(new() { BootTime = TimeSpan.FromMilliseconds(5) }, TimeProvider.System);

    [Fact]
    public async Task What_others_have_in_the_VIM_stays_and_is_not_counted()
    {
        var theirs = ImageSource.FromName("theirs:1");
        await vim.EnsureImageAsync(theirs, default);
        await vim.EnsureComputeAsync("theirs", 1, new() { Name = "theirs", Images = [theirs.Image], Resources = new(100, 64, 1), Labels = new("default", "theirs") }, default);
        await vim.EnsureNetworkAsync("theirs", 1, new("theirs", "", new("default", "")), default);
        var results = await VimConformance.RunAllAsync(Subject());
        Assert.Equal([], results.Where(r => r.Verdict == ConformanceVerdict.Failed).Select(r => $"{r.Check.Name}: {r.Detail}"));
        Assert.Equal("theirs", Assert.Single(await vim.ListComputesAsync(default)).ComputeId);
        Assert.Equal("theirs", Assert.Single(await vim.ListNetworksAsync(default)).NetworkId);
        Assert.Equal(theirs.Image, Assert.Single(await vim.ListImagesAsync(default)).Image);
    }

    [Fact]
    public async Task A_run_that_is_called_off_removes_what_its_check_made()
    {
        using var stop = new CancellationTokenSource();
        await using var session = await ConformanceSession.OpenAsync(Subject(), stop.Token);
        await session.BeginAsync();
        var hangs = VimConformance.Checks[0] with
        {
            Run = async w =>
            {
                await w.RunningAsync(w.A);
                await w.RunningAsync(w.B);
                await stop.CancelAsync();
                await w.ReachesAsync(w.A, ComputeState.Failed);
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.RunAsync(hangs));
        Assert.Empty(await vim.ListComputesAsync(default));
        Assert.Empty(await session.EndAsync());
        Assert.Empty(await vim.ListImagesAsync(default));
    }

    [Fact]
    public async Task What_an_earlier_run_left_is_removed_at_the_beginning()
    {
        var image = TestImages.Script(folder.FullPath, ConformanceWorld.Prefix + "left", "true");
        await vim.EnsureImageAsync(image, default);
        await vim.EnsureComputeAsync("anything", 77, new() { Name = "x", Images = [image.Image], Resources = new(1, 1, 0), Labels = new(ConformanceWorld.Tenant, "x") }, default);
        await vim.EnsureNetworkAsync("anything", 77, new("x", "", new(ConformanceWorld.Tenant, "")), default);
        await using var session = await ConformanceSession.OpenAsync(Subject(), default);
        Assert.Empty(await session.BeginAsync());
        Assert.Empty(await vim.ListComputesAsync(default));
        Assert.Empty(await vim.ListNetworksAsync(default));
        Assert.Empty(await vim.ListImagesAsync(default));
    }

    public void Dispose()
    {
        vim.Dispose();
        folder.Dispose();
    }

    private ConformanceSubject Subject() => new()
    {
        Name = "Simulated", Open = () => Task.FromResult<IVimAdapter>(vim), Close = _ => ValueTask.CompletedTask, Image = TestImages.RunsForever(folder),
    };
}
