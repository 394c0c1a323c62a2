using System.Text;
using Google.Protobuf.WellKnownTypes;
using Mano.Lifecycle.V1;
using Mano.Meo.Northbound.Queries;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Mesh.State.Embedded;
using Mano.Testing;

namespace Mano.Meo.Tests.Northbound.Queries;

/// <summary>Watches that are broken off anywhere and go on, over a real store.</summary>
public sealed class WatchQueryTests : IAsyncLifetime
{
    private const string Prefix = "operation/default/";

    private readonly TempFolder folder = new();
    private EmbeddedStateStore store;

    public WatchQueryTests() => store = Open();

    [Fact]
    public async Task A_watch_that_is_broken_off_after_any_message_goes_on_with_the_next()
    {
        await Put(("b", 1), ("a", 1));
        await Put(("c", 1));
        var whole = new List<(string Said, string Token)>();
        using var enough = new CancellationTokenSource();
        var watching = Collect(new WatchOperationsRequest(), whole, enough.Token);
        await Eventually.Is(() => whole.Count == 4);
        await Put(("c", 2), ("a", 2), ("b", 2)); // one commit
        await Delete("b");
        await Put(("d", 1));
        await Put(("a", 3));
        await Eventually.Is(() => whole.Count == 9);
        await enough.CancelAsync();
        await watching;
        Assert.Equal(["a:1*", "b:1*", "c:1*", "-", "c:2", "a:2", "b:2", "d:1", "a:3"], whole.Select(m => m.Said));

        foreach (var reopened in new[] { false, true })
        {
            if (reopened)
            {
                await store.DisposeAsync();
                store = Open();
            }

            for (var i = 0; i < whole.Count; i++)
            {
                // What was there is told as it is: of a state that is gone by now its changes are left, and they are all there.
                var rest = whole[(i + 1)..].Select(m => m.Said).Where(s => s != "-" && !s.EndsWith('*')).ToList();
                Assert.Equal(rest, rest.Count == 0 ? [] : await Read(new() { ResumeToken = whole[i].Token }, rest.Count));
            }
        }
    }

    [Fact]
    public async Task What_changes_while_the_first_state_is_told_is_told_once()
    {
        await Put([.. Enumerable.Range(0, 900).Select(i => ($"{i:d4}", 1))]);
        await using var watch = WatchQuery<Operation>.Of(new WatchOperationsRequest()).Run(store, new(Prefix, Show), TimeProvider.System, CancellationToken.None).GetAsyncEnumerator();
        var seen = new List<string>();
        for (var i = 0; i < 100; i++)
        {
            await watch.MoveNextAsync();
            seen.Add(Said(watch.Current));
        }

        await Put(("0050", 2), ("0800", 2)); // one told, one not yet
        while (seen[^1] != "0800:2" && await watch.MoveNextAsync().AsTask().Soon())
        {
            seen.Add(Said(watch.Current));
        }

        Assert.Equal(899, seen.Count(s => s.EndsWith('*')));
        Assert.DoesNotContain("0800:1*", seen);
        Assert.Equal(["-", "0050:2", "0800:2"], seen.TakeLast(3));
        Assert.Equal(seen.Count, seen.Distinct().Count());
    }

    [Fact]
    public async Task Filter_tells_what_passes_after_the_change_and_resumes_with_the_same_filter_alone()
    {
        await Put(("a", 1), ("b", 5));
        var request = new WatchOperationsRequest { Filter = "revision >= 5", ReadMask = new() { Paths = { "operation_id", "revision" } } };
        var whole = new List<(string Said, string Token)>();
        using var enough = new CancellationTokenSource();
        var watching = Collect(request, whole, enough.Token);
        await Put(("a", 2));
        await Put(("a", 6));
        await Put(("b", 1));
        await Put(("b", 7));
        await Eventually.Is(() => whole.Count == 4);
        await enough.CancelAsync();
        await watching;
        Assert.Equal(["b:5*", "-", "a:6", "b:7"], whole.Select(m => m.Said));

        var other = Assert.Throws<FailureException>(() => WatchQuery<Operation>.Of(new WatchOperationsRequest { Filter = "revision >= 6", ResumeToken = whole[1].Token })).Failure;
        Assert.Equal(("RESUME_TOKEN", "resume_token"), (other.Reason, Assert.Single(other.Faults).Path));
        Assert.Contains("belongs to another request", other.Message, StringComparison.Ordinal);
        Assert.Throws<FailureException>(() => WatchQuery<Operation>.Of(new WatchOperationRequest { OperationId = "a", ResumeToken = whole[1].Token }));
        Assert.Throws<FailureException>(() => WatchQuery<Operation>.Of(new WatchOperationsRequest { ResumeToken = "nonsense" }));
    }

    [Fact]
    public async Task One_thing_is_watched_to_its_end_and_a_watch_resumed_after_it_ends_at_once()
    {
        await Put(("a", 1), ("ab", 1));
        var request = new WatchOperationRequest { OperationId = "a" };
        var whole = new List<(string Said, string Token)>();
        var watching = Collect(request, whole, CancellationToken.None);
        await Eventually.Is(() => whole.Count == 1);
        await Put(("ab", 2));
        await Put(("a", 2));
        await Put(("a", 9));
        await watching.Soon("the watch ends");
        Assert.Equal(["a:1*", "a:2", "a:9"], whole.Select(m => m.Said));
        for (var i = 0; i < whole.Count; i++)
        {
            var rest = new List<(string Said, string Token)>();
            await Collect(new WatchOperationRequest { OperationId = "a", ResumeToken = whole[i].Token }, rest, CancellationToken.None).Soon("the watch ends");
            Assert.Equal(whole[(i + 1)..].Select(m => m.Said), rest.Select(m => m.Said));
        }
    }

    [Fact]
    public async Task Quiet_watch_tells_how_far_it_is_and_its_token_does_not_grow_old()
    {
        await Put(("a", 1));
        var clock = new ManualClock();
        var whole = new List<(string Said, string Token)>();
        using var enough = new CancellationTokenSource();
        var watching = Collect(new WatchOperationsRequest { ProgressInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(30)) }, whole, enough.Token, clock);
        await Eventually.Is(() => whole.Count == 2);
        for (var i = 0; i < 1500; i++)
        {
            await store.Commit(new Batch().Put("other/default/x", "{}"u8.ToArray()));
        }

        await Eventually.Is(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(31));
            return whole.Count > 2 && whole[^1].Token != whole[1].Token;
        });
        await enough.CancelAsync();
        await watching;
        Assert.All(whole.Skip(2), m => Assert.Equal("-", m.Said));

        // Some hundred revisions are kept: the first token has become too old, the newest has not.
        await store.DisposeAsync();
        store = Open();
        await Put(("b", 1));
        Assert.Equal(["b:1"], await Read(new() { ResumeToken = whole[^1].Token }, 1));
        var old = (await Assert.ThrowsAsync<FailureException>(() => Read(new() { ResumeToken = whole[1].Token }, 1))).Failure;
        Assert.Equal((FailureKind.OutOfRange, "RESUME_TOKEN_TOO_OLD"), (old.Kind, old.Reason));
        Assert.Contains("Open the watch again without it", old.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 500_000_000)]
    [InlineData(3601, 0)]
    [InlineData(-1, 0)]
    public void Interval_that_cannot_be_is_refused(long seconds, int nanos) => Assert.Equal(
        "progress_interval",
        Assert.Throws<FailureException>(() => WatchQuery<Operation>.Of(new WatchOperationsRequest { ProgressInterval = new() { Seconds = seconds, Nanos = nanos } })).Failure.Faults[0].Path);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Dispose();
    }

    private EmbeddedStateStore Open() =>
        EmbeddedStateStore.Open(new() { Path = folder.File("meo.db"), Durability = Durability.Process, RetainedRevisions = 100 }, TimeProvider.System);

    private static Operation Show(Entry entry) => new() { OperationId = entry.Key[Prefix.Length..], Revision = long.Parse(Encoding.UTF8.GetString(entry.Value.Span), System.Globalization.CultureInfo.InvariantCulture) };

    private static string Said(Watched<Operation> message) =>
        message.Item is { } item ? $"{item.OperationId}:{item.Revision}{(message.IsInitial ? "*" : "")}" : "-";

    private async Task Put(params (string Id, int Value)[] items)
    {
        var batch = new Batch();
        foreach (var (id, value) in items)
        {
            batch.Put(Prefix + id, Encoding.UTF8.GetBytes($"{value}"));
        }

        Assert.True((await store.Commit(batch)).IsCommitted);
    }

    private async Task Delete(string id) => await store.Commit(new Batch().Delete(Prefix + id));

    private async Task Collect(Google.Protobuf.IMessage request, List<(string Said, string Token)> into, CancellationToken cancel, TimeProvider? clock = null)
    {
        var source = request is WatchOperationRequest one ? new WatchSource<Operation>(Prefix + one.OperationId, Show, o => o.Revision == 9) : new(Prefix, Show);
        try
        {
            await foreach (var message in WatchQuery<Operation>.Of(request).Run(store, source, clock ?? TimeProvider.System, cancel))
            {
                into.Add((Said(message), message.ResumeToken));
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // It was broken off.
        }
    }

    /// <summary>So many messages, of changes.</summary>
    private async Task<List<string>> Read(WatchOperationsRequest request, int count)
    {
        var found = new List<string>();
        using var patience = new CancellationTokenSource(Eventually.Patience, TimeProvider.System);
        await foreach (var message in WatchQuery<Operation>.Of(request).Run(store, new(Prefix, Show), TimeProvider.System, patience.Token))
        {
            if (message is { Item: not null, IsInitial: false })
            {
                found.Add(Said(message));
            }

            if (found.Count == count)
            {
                break;
            }
        }

        return found;
    }
}
