using Mano.Mesh.Channels;
using Mano.Mesh.Failures;
using Mano.Testing;
using Mano.VimAdapters.Conformance;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Remote;
using Mano.VimAdapters.Simulated;
using Mano.VimAdapters.Tests.Conformance;
using Xunit.Abstractions;

namespace Mano.VimAdapters.Tests.Remote;

/// <summary>An adapter behind real gRPC: the suite holds there too, and a broken wire is a failure, not a bug.</summary>
public sealed class RemoteVimTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly GrpcChannels channels = new();
    private readonly List<ServedVim> served = [];

    [Theory]
    [ClassData(typeof(ConformanceSentences))]
    public async Task A_VIM_behind_gRPC_conforms(string sentence)
    {
        await OpenAsync(new() { Zones = ["z1"], BootTime = TimeSpan.FromMilliseconds(5), Folder = folder.File("vim") }, sharesFiles: false);

        // A MEPM that restarts meets the same adapter: there is nothing to be done to its process.
        await ConformanceSentences.Holds(RemoteSubject.Of(served[0].Address, TestImages.RunsForever(folder), TimeSpan.FromSeconds(30), channels, () => Task.CompletedTask), sentence, output);
    }

    [Fact]
    public async Task A_VIM_that_sees_our_files_conforms_without_uploads_and_lacks_what_it_does_not_claim()
    {
        var subject = Subject(new() { Without = [VimCapability.Power, VimCapability.Logs] }, sharesFiles: true);
        var results = await VimConformance.RunAllAsync(subject);
        output.WriteLine(VimConformance.Table(subject, results));
        Assert.DoesNotContain(results, r => r.Verdict == ConformanceVerdict.Failed);
    }

    [Fact]
    public async Task An_image_of_many_messages_arrives_whole()
    {
        var content = new byte[3_000_001];
        content[^1] = 1;
        var image = TestImages.Content(folder.FullPath, "big", ImageFormat.Raw, content);
        var remote = await OpenAsync(new(), sharesFiles: false);
        Assert.Equal(content.Length, (await remote.EnsureImageAsync(image, default)).Size);
        var other = ImageSource.FromStream(image.Image with { Digest = image.Image.Digest[..^1] + (image.Image.Digest[^1] == '0' ? '1' : '0') }, content.Length, image.OpenAsync);
        var refusal = await Assert.ThrowsAsync<FailureException>(() => remote.EnsureImageAsync(other, default));
        Assert.Equal(FailureKind.IllegalState, refusal.Failure.Kind);
        Assert.Contains("fetch it again", refusal.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_adapter_that_is_away_is_unreachable_and_may_be_asked_again()
    {
        var remote = await OpenAsync(new(), sharesFiles: false);
        await served[0].StopAsync();
        var refusal = await Assert.ThrowsAsync<FailureException>(() => remote.GetCapacityAsync(default));
        Assert.Equal(FailureKind.Unavailable, refusal.Failure.Kind);
        Assert.True(refusal.Failure.Retryable);
    }

    [Fact]
    public async Task A_watch_ends_with_a_failure_when_its_adapter_goes_away()
    {
        var remote = await OpenAsync(new(), sharesFiles: false);
        await using var watch = remote.WatchComputesAsync(default).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        var next = watch.MoveNextAsync().AsTask();
        await served[0].DisposeAsync();
        served.Clear();
        var ended = await Record.ExceptionAsync(() => next.Soon());
        Assert.True(ended is FailureException || !await next, $"the watch ended with {ended}");
    }

    [Fact]
    public async Task A_call_that_hangs_ends_with_its_deadline()
    {
        var remote = await OpenAsync(new() { Script = ["GetCapacity:Hang"] }, sharesFiles: false, TimeSpan.FromMilliseconds(300));
        var refusal = await Assert.ThrowsAsync<FailureException>(() => remote.GetCapacityAsync(default));
        Assert.Equal(FailureKind.DeadlineExceeded, refusal.Failure.Kind);
        Assert.True(refusal.Failure.Retryable);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        channels.Dispose();
        foreach (var vim in served)
        {
            await vim.DisposeAsync();
        }

        folder.Dispose();
    }

    private ConformanceSubject Subject(SimulatedVimOptions options, bool sharesFiles)
    {
        // One host for the whole check: a MEPM that restarts meets the same adapter.
        RemoteVimAdapter? remote = null;
        return new()
        {
            Name = "Remote",
            Open = async () => remote = remote is { } open && (await open.ListImagesAsync(default)).Count > 0
                ? open
                : await OpenAsync(options with { BootTime = TimeSpan.FromMilliseconds(5), Folder = folder.File($"vim{served.Count}") }, sharesFiles),
            Image = TestImages.RunsForever(folder),
        };
    }

    private async Task<RemoteVimAdapter> OpenAsync(SimulatedVimOptions options, bool sharesFiles, TimeSpan? timeout = null)
    {
        var vim = await ServedVim.StartAsync(options);
        served.Add(vim);
        return vim.Caller(channels, timeout ?? TimeSpan.FromSeconds(30), sharesFiles);
    }
}
