using Mano.Mesh.Channels;
using Mano.Mesh.Failures;
using Mano.Mesh.Tests.Security;
using Mano.Testing;
using Mano.VimAdapters.Conformance;
using Mano.VimAdapters.Tests.Conformance;
using Xunit.Abstractions;

namespace Mano.VimAdapters.Tests.Remote;

/// <summary>An adapter behind mutual TLS: the whole kit holds there, and whoever has no certificate of the authority is nobody.</summary>
public sealed class MutualTlsTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private TestAuthority ours = null!;
    private ServedVim vim = null!;

    [Fact]
    public async Task A_VIM_behind_mutual_TLS_conforms()
    {
        using var channels = new GrpcChannels(ours.Issue("mepm"));
        var subject = RemoteSubject.Of(vim.Address, TestImages.RunsForever(folder), TimeSpan.FromMinutes(1), channels) with { Repetitions = 3 };

        var results = await VimConformance.RunAllAsync(subject);

        Assert.Equal("https", vim.Address.Scheme);
        output.WriteLine(VimConformance.Table(subject, results));
        Assert.DoesNotContain(results, r => r.Verdict == ConformanceVerdict.Failed);
        Assert.Contains(results, r => r.Verdict == ConformanceVerdict.Passed);
    }

    [Fact]
    public async Task A_caller_of_another_authority_or_of_none_is_turned_away_and_a_server_of_another_is_not_believed()
    {
        using var theirs = new TestAuthority(folder, "theirs");
        foreach (var certificates in new[] { theirs.Issue("stranger"), null })
        {
            using var channels = new GrpcChannels(certificates);
            var caller = vim.Caller(channels, TimeSpan.FromMinutes(1));

            var refused = (await Assert.ThrowsAsync<FailureException>(() => caller.GetCapacityAsync(default))).Failure;

            // Retryable: an operator may put the right certificate there at any moment.
            Assert.Equal((FailureKind.Unavailable, true), (refused.Kind, refused.Retryable));
        }
    }

    public async Task InitializeAsync()
    {
        ours = new TestAuthority(folder, "ours");
        vim = await ServedVim.StartAsync(new() { BootTime = TimeSpan.FromMilliseconds(5), Zones = ["z1"], Folder = folder.File("vim") }, ours.Issue("adapter"));
    }

    public async Task DisposeAsync()
    {
        await vim.DisposeAsync();
        ours.Dispose();
        folder.Dispose();
    }
}
