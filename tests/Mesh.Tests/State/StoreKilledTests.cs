using System.Globalization;
using System.Text;
using Mano.Mesh.State;
using Mano.Mesh.State.Embedded;
using Mano.Testing;

namespace Mano.Mesh.Tests.State;

/// <summary>A real process, killed with SIGKILL while many commits are under way, three times over on one file.</summary>
public sealed class StoreKilledTests
{
    private const int Workers = 16;

    [Theory]
    [InlineData(Durability.Process)]
    [InlineData(Durability.Power)]
    public async Task A_killed_process_loses_no_acknowledged_commit_and_leaves_no_half_batch(Durability durability)
    {
        using var folder = new TempFolder();
        var path = folder.File("state.db");
        var acknowledged = new HashSet<string>();
        for (var round = 1; round <= 3; round++)
        {
            await using var writer = ChildProcess.StartDotnet(typeof(StoreKilledTests).Assembly.Location, "commit-for-ever", path, $"{durability}", $"{round}");
            await Eventually.Is(() => writer.Output.Count > 400 || writer.HasExited);
            Assert.False(writer.HasExited, string.Join('\n', writer.Errors));
            await writer.Kill();
            Assert.Equal(137, writer.ExitCode);
            acknowledged.UnionWith(writer.Output.SkipLast(1)); // the last line may be cut
            await AssertWhole(path, acknowledged);
        }
    }

    /// <summary>What the killed process runs: each commit writes a log entry and two keys that must always be equal to the log's newest.</summary>
    internal static async Task<int> CommitForEver(string path, Durability durability, string round)
    {
        var store = EmbeddedStateStore.Open(new() { Path = path, Durability = durability, RetainedRevisions = 300 }, TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => CommitForEver(store, $"{round}-{worker}")));
        return 0;
    }

    private static async Task CommitForEver(EmbeddedStateStore store, string worker)
    {
        for (var n = 1; ; n++)
        {
            var value = Encoding.UTF8.GetBytes(n.ToString("d8", CultureInfo.InvariantCulture).Insert(0, "1"));
            (await store.Commit(new Batch().Put($"log/{worker}/{n:d8}", value).Put($"a/{worker}", value).Put($"b/{worker}", value))).OrThrow();
            var line = $"log/{worker}/{n:d8}\n";
            lock (store)
            {
                Console.Out.Write(line);
                Console.Out.Flush();
            }
        }
    }

    private static async Task AssertWhole(string path, HashSet<string> acknowledged)
    {
        await using var store = EmbeddedStateStore.Open(new() { Path = path }, TimeProvider.System);
        var log = new List<Entry>();
        await foreach (var entry in store.ScanAll("log/"))
        {
            log.Add(entry);
        }

        Assert.Empty(acknowledged.Except(log.Select(e => e.Key)));
        foreach (var worker in log.GroupBy(e => e.Key.Split('/')[1]))
        {
            var newest = worker.Last();
            var (a, b) = (await store.Get($"a/{worker.Key}"), await store.Get($"b/{worker.Key}"));
            Assert.Equal((newest.Version, newest.Version), (a!.Version, b!.Version));
            Assert.True(newest.Value.Span.SequenceEqual(a.Value.Span) && newest.Value.Span.SequenceEqual(b.Value.Span));
        }
    }
}
