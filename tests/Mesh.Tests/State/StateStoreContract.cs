using System.Text;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Testing;

namespace Mano.Mesh.Tests.State;

/// <summary>What every state store promises; each implementation runs these same sentences.</summary>
public abstract class StateStoreContract : IAsyncLifetime
{
    protected ManualClock Clock { get; } = new();

    protected IStateStore Store { get; private set; } = null!;

    public async Task InitializeAsync() => Store = await Open();

    public virtual async Task DisposeAsync() => await Store.DisposeAsync();

    /// <summary>An empty store that keeps history for at least 100 revisions and, after 12,000, no longer that of the first.</summary>
    protected abstract Task<IStateStore> Open();

    /// <summary>Lets leases of shards grow older.</summary>
    protected virtual Task Pass(TimeSpan time)
    {
        Clock.Advance(time);
        return Task.CompletedTask;
    }

    private static ReadOnlyMemory<byte> Json(object value) => Encoding.UTF8.GetBytes($"\"{value}\"");

    private static string Text(ReadOnlyMemory<byte>? value) => Encoding.UTF8.GetString(value!.Value.Span).Trim('"');

    private async Task<long> Put(string key, object value, long expected = Batch.Any) =>
        (await Store.Commit(new Batch().Put(key, Json(value), expected))).OrThrow();

    [Fact]
    public async Task An_empty_store_is_at_revision_0_and_has_nothing()
    {
        Assert.Equal(0, await Store.CurrentRevision());
        Assert.Null(await Store.Get("nothing"));
        var page = await Store.Scan("");
        Assert.Equal((0, 0L, false), (page.Entries.Count, page.Revision, page.HasMore));
    }

    [Fact]
    public async Task A_committed_value_is_read_back_with_the_commits_revision_as_version()
    {
        var first = await Put("app/1", "a ü 漢 \U0001F600");
        var second = await Put("app/1", "b");
        Assert.True(second > first);
        var entry = (await Store.Get("app/1"))!;
        Assert.Equal(("b", second), (Text(entry.Value), entry.Version));
        Assert.Equal(second, await Store.CurrentRevision());
    }

    [Fact]
    public async Task A_batch_changes_all_its_keys_at_one_revision()
    {
        await Put("b", 0);
        var result = await Store.Commit(new Batch().Put("a", Json(1)).Delete("b").Put("c", Json(3)));
        Assert.True(result.IsCommitted);
        Assert.Equal(["a", "c"], (await Store.Scan("")).Entries.Select(e => e.Key));
        Assert.All((await Store.Scan("")).Entries, e => Assert.Equal(result.Revision, e.Version));
    }

    [Fact]
    public async Task A_conflict_names_every_wrong_key_with_both_versions_and_changes_nothing()
    {
        var version = await Put("taken", 1);
        var result = await Store.Commit(new Batch()
            .Put("fine", Json(1), Batch.MustNotExist)
            .Put("taken", Json(2), Batch.MustNotExist)
            .Delete("gone", 7));
        Assert.False(result.IsCommitted);
        Assert.Equal([new("taken", 0, version), new("gone", 7, 0)], result.Conflicts);
        Assert.Null(await Store.Get("fine"));
        Assert.Equal(version, await Store.CurrentRevision());
        var failure = result.ToFailure()!;
        Assert.Equal((FailureKind.Conflict, StateFailures.VersionConflict, true), (failure.Kind, failure.Reason, failure.Retryable));
        Assert.Contains("taken (none expected, version", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_refuses_the_batch_without_writing_its_own_key()
    {
        var version = await Put("guard", 1);
        var right = await Store.Commit(new Batch().Check("guard", version).Put("a", Json(1)));
        Assert.True(right.IsCommitted);
        Assert.Equal(version, (await Store.Get("guard"))!.Version);
        await Put("guard", 2);
        Assert.False((await Store.Commit(new Batch().Check("guard", version).Put("b", Json(1)))).IsCommitted);
        Assert.True((await Store.Commit(new Batch().Check("absent", Batch.MustNotExist))).IsCommitted);
    }

    [Fact]
    public async Task A_key_made_again_after_a_delete_never_gets_an_old_version()
    {
        var first = await Put("k", 1);
        (await Store.Commit(new Batch().Delete("k", first))).OrThrow();
        var again = await Put("k", 2, Batch.MustNotExist);
        Assert.True(again > first);
        Assert.False((await Store.Commit(new Batch().Put("k", Json(3), first))).IsCommitted);
    }

    [Fact]
    public async Task Deleting_nothing_is_fine_and_takes_no_revision()
    {
        var before = await Put("k", 1);
        Assert.True((await Store.Commit(new Batch().Delete("absent"))).IsCommitted);
        Assert.Equal(before, await Store.CurrentRevision());
    }

    [Fact]
    public async Task Of_concurrent_commits_that_expect_the_same_version_exactly_one_wins()
    {
        var version = await Put("k", 0);
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Store.Commit(new Batch().Put("k", Json(i), version)).AsTask()));
        Assert.Single(results, r => r.IsCommitted);
    }

    [Fact]
    public async Task Scan_pages_in_order_of_key_within_the_prefix()
    {
        foreach (var key in new[] { "b/2", "b/10", "a", "b/1", "b", "b0", "b/1/x", "c" })
        {
            await Put(key, key);
        }

        var first = await Store.Scan("b/", limit: 2);
        Assert.Equal(["b/1", "b/1/x"], first.Entries.Select(e => e.Key));
        Assert.True(first.HasMore);
        var second = await Store.Scan("b/", after: "b/1/x", limit: 2);
        Assert.Equal(["b/10", "b/2"], second.Entries.Select(e => e.Key));
        Assert.False(second.HasMore);
        Assert.Empty((await Store.Scan("b/", after: "b/2")).Entries);
        Assert.Equal(3, (await Store.Scan("b/1")).Entries.Count);
        Assert.Equal(8, (await Store.Scan("")).Entries.Count);
    }

    [Fact]
    public async Task Follow_says_how_far_a_quiet_prefix_is_known()
    {
        await Store.Commit(new Batch().Put("quiet/t/a", "1"u8.ToArray()));
        var seen = new List<string>();
        await foreach (var batch in Store.Follow("quiet/", 0, toldWhenQuiet: true).WithCancellation(CancellationToken.None))
        {
            seen.AddRange(batch.Changes.Select(c => $"{c.Key}@{c.Revision}"));
            if (batch.UpTo >= 4)
            {
                Assert.Equal(["quiet/t/a@1", "quiet/t/b@4"], seen);
                break;
            }

            if (batch is { UpTo: 0, Changes.Count: 0 })
            {
                continue; // a store may begin with what it knew before it looked
            }

            Assert.InRange(batch.UpTo, batch.Changes.Count > 0 ? batch.Changes[^1].Revision : 1, 3);
            await Store.Commit(batch.UpTo == 3 ? new Batch().Put("quiet/t/b", "1"u8.ToArray()) : new Batch().Put("loud/t/a", "1"u8.ToArray()));
        }
    }

    [Fact]
    public async Task Follow_that_is_not_to_be_told_of_quiet_is_woken_by_a_change_alone()
    {
        await Store.Commit(new Batch().Put("quiet/t/a", "1"u8.ToArray()));
        await using var batches = Store.Follow("quiet/", 0, toldWhenQuiet: false).GetAsyncEnumerator();
        do
        {
            Assert.True(await batches.MoveNextAsync());
        }
        while (batches.Current.Changes.Count == 0);

        var next = batches.MoveNextAsync().AsTask();
        for (var i = 0; i < 5; i++)
        {
            await Store.Commit(new Batch().Put("loud/t/a", "1"u8.ToArray()));
        }

        var last = await Store.Commit(new Batch().Put("quiet/t/b", "1"u8.ToArray()));
        Assert.True(await next.Soon());
        Assert.Equal("quiet/t/b", Assert.Single(batches.Current.Changes).Key);
        Assert.Equal(last.Revision, batches.Current.UpTo);
    }

    [Fact]
    public async Task Watch_after_scan_sees_exactly_what_the_scan_did_not()
    {
        await Put("w/1", 1);
        var page = await Store.Scan("w/");
        await Put("other", 0);
        await Put("w/2", 2);
        (await Store.Commit(new Batch().Delete("w/1").Put("w/3", Json(3)))).OrThrow();
        var seen = await Take("w/", page.Revision, 3);
        Assert.Equal(["w/2", "w/1", "w/3"], seen.Select(c => c.Key));
        Assert.Equal([false, true, false], seen.Select(c => c.IsDelete));
        Assert.Equal(seen[1].Revision, seen[2].Revision);
    }

    [Fact]
    public async Task A_waiting_watch_gets_each_change_once_and_in_order_while_many_commit()
    {
        var watching = Task.Run(() => Take("n/", 0, 400));
        await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Put($"n/{i}", i)));
        var seen = await watching.Soon();
        Assert.Equal(400, seen.Select(c => c.Key).Distinct().Count());
        Assert.Equal(seen.Select(c => c.Revision).Order(), seen.Select(c => c.Revision));
    }

    /// <summary>More changes of others than are kept in memory: whoever watches what seldom changes is not told that it is too late.</summary>
    [Fact]
    public async Task A_watch_of_what_seldom_changes_sees_its_next_change_however_many_others_there_were()
    {
        await using var seldom = Store.Watch("seldom/", await Store.CurrentRevision()).GetAsyncEnumerator();
        var next = seldom.MoveNextAsync().AsTask();
        for (var commit = 0; commit < 20; commit++)
        {
            var batch = new Batch();
            foreach (var key in Enumerable.Range(commit * 500, 500))
            {
                batch.Put($"often/{key}", Json(key));
            }

            Assert.True((await Store.Commit(batch)).IsCommitted);
        }

        Assert.False(next.IsCompleted);
        var told = await Store.Commit(new Batch().Put("seldom/1", Json(1)));
        Assert.True(await next);
        Assert.Equal(("seldom/1", told.Revision), (seldom.Current.Key, seldom.Current.Revision));
    }

    [Fact]
    public async Task A_watch_can_be_cancelled_while_it_waits()
    {
        using var cancel = new CancellationTokenSource();
        var watching = Take("", 0, 1, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching.Soon());
    }

    [Fact]
    public async Task A_watch_from_a_compacted_revision_says_so_and_present_values_are_kept()
    {
        var oldest = await Put("kept", "from the start");
        for (var i = 0; i < 120; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(n => Put($"busy/{n}", i)));
        }

        var failure = (await Assert.ThrowsAsync<FailureException>(() => Take("", oldest, 1))).Failure;
        Assert.Equal((FailureKind.OutOfRange, StateFailures.RevisionCompacted), (failure.Kind, failure.Reason));
        Assert.Equal("from the start", Text((await Store.Get("kept"))!.Value));
        Assert.Equal(101, (await Store.Scan("")).Entries.Count);
        var current = await Store.CurrentRevision();
        Assert.Equal(100, (await Take("busy/", current - 100, 100)).Count);
    }

    [Fact]
    public async Task A_watch_from_a_revision_not_reached_says_so()
    {
        var failure = (await Assert.ThrowsAsync<FailureException>(() => Take("", 10, 1))).Failure;
        Assert.Equal(StateFailures.RevisionAhead, failure.Reason);
    }

    [Fact]
    public async Task A_shard_has_one_owner_until_its_lease_ends_and_its_epoch_only_grows()
    {
        var first = (await Store.AcquireShard("s1", "meo-a", TimeSpan.FromMinutes(10))).Value;
        var refused = (await Store.AcquireShard("s1", "meo-b", TimeSpan.FromMinutes(10))).Failure!;
        Assert.Equal(StateFailures.ShardHeld, refused.Reason);
        Assert.Contains("meo-a", refused.Message, StringComparison.Ordinal);
        await Pass(TimeSpan.FromMinutes(8));
        first = (await Store.RenewShard(first, TimeSpan.FromMinutes(10))).Value;
        await Pass(TimeSpan.FromMinutes(8));
        Assert.True((await Store.AcquireShard("s1", "meo-b", TimeSpan.FromMinutes(10))).IsRefused);
        await Pass(TimeSpan.FromMinutes(3));
        var second = (await Store.AcquireShard("s1", "meo-b", TimeSpan.FromMinutes(10))).Value;
        Assert.True(second.Epoch > first.Epoch);
        Assert.Equal(StateFailures.StaleEpoch, (await Store.RenewShard(first, TimeSpan.FromMinutes(10))).Failure!.Reason);
    }

    [Fact]
    public async Task A_restarted_owner_takes_its_shard_at_once_under_a_new_epoch()
    {
        var before = (await Store.AcquireShard("s1", "meo-a", TimeSpan.FromHours(1))).Value;
        var after = (await Store.AcquireShard("s1", "meo-a", TimeSpan.FromHours(1))).Value;
        Assert.True(after.Epoch > before.Epoch);
        Assert.False((await Store.Commit(new Batch().Put("k", Json(1)).Under(before.Fence))).IsCommitted);
        Assert.True((await Store.Commit(new Batch().Put("k", Json(1)).Under(after.Fence))).IsCommitted);
    }

    [Fact]
    public async Task A_commit_under_a_stale_epoch_is_refused_whatever_its_versions()
    {
        var old = (await Store.AcquireShard("s1", "a", TimeSpan.FromSeconds(1))).Value;
        await Pass(TimeSpan.FromSeconds(2));
        Assert.True((await Store.Commit(new Batch().Put("late", Json(1)).Under(old.Fence))).IsCommitted);
        await Store.AcquireShard("s1", "b", TimeSpan.FromSeconds(1));
        var refused = await Store.Commit(new Batch().Put("later", Json(1)).Under(old.Fence));
        Assert.Equal(StateFailures.StaleEpoch, refused.ToFailure()!.Reason);
        Assert.False(refused.ToFailure()!.Retryable);
        Assert.Null(await Store.Get("later"));
        Assert.False((await Store.Commit(new Batch().Put("k", Json(1)).Under(new("never-acquired", 1)))).IsCommitted);
    }

    [Fact]
    public async Task A_released_shard_is_free_at_once_and_releasing_a_lost_one_does_nothing()
    {
        var first = (await Store.AcquireShard("s1", "a", TimeSpan.FromHours(1))).Value;
        await Store.ReleaseShard(first);
        var second = (await Store.AcquireShard("s1", "b", TimeSpan.FromHours(1))).Value;
        Assert.True(second.Epoch > first.Epoch);
        await Store.ReleaseShard(first);
        Assert.True((await Store.AcquireShard("s1", "c", TimeSpan.FromHours(1))).IsRefused);
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("ümlaut")]
    [InlineData("line\nbreak")]
    public async Task Keys_that_stores_might_sort_differently_are_refused(string key)
    {
        Assert.Throws<ArgumentException>(() => new Batch().Put(key, Json(1)));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.Get(key));
    }

    [Fact]
    public void A_batch_names_each_key_once_and_holds_a_bounded_number()
    {
        var batch = new Batch().Put("k", Json(1));
        Assert.Contains("twice", Assert.Throws<ArgumentException>(() => batch.Delete("k")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => batch.Put("empty", default));
        Assert.Throws<ArgumentException>(() => batch.Put("big", new byte[StateKeys.MaxValueBytes + 1]));
        for (var i = 1; i < Batch.MaxKeys; i++)
        {
            batch.Put($"k{i}", Json(i));
        }

        Assert.Throws<ArgumentException>(() => batch.Put("one-more", Json(1)));
    }

    [Fact]
    public async Task The_largest_batch_and_the_largest_value_are_stored()
    {
        var batch = new Batch();
        for (var i = 0; i < Batch.MaxKeys; i++)
        {
            batch.Put($"many/{i}", Json(i));
        }

        (await Store.Commit(batch)).OrThrow();
        Assert.Equal(Batch.MaxKeys, (await Store.Scan("many/", limit: 10_000)).Entries.Count);
        await Put("large", new string('x', StateKeys.MaxValueBytes - 2));
        Assert.Equal(StateKeys.MaxValueBytes, (await Store.Get("large"))!.Value.Length);
    }

    protected async Task<List<Change>> Take(string prefix, long since, int count, CancellationToken cancel = default)
    {
        var seen = new List<Change>();
        await foreach (var change in Store.Watch(prefix, since, cancel))
        {
            seen.Add(change);
            if (seen.Count == count)
            {
                break;
            }
        }

        return seen;
    }
}
