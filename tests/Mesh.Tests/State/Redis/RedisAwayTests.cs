using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Testing;
using Microsoft.Extensions.Logging;

namespace Mano.Mesh.Tests.State.Redis;

/// <summary>A Redis that is killed, paused, slow to start, or that loses what it answers.</summary>
public sealed class RedisAwayTests : RedisWorld
{
    [RedisFact]
    public async Task Every_method_says_what_is_away_and_where_and_works_again_by_itself()
    {
        var store = await OpenReached();
        await Put(store, "k", 1);
        await Server.Kill();
        var failure = await AssertUnavailable(store);
        Assert.Contains($"127.0.0.1:{Server.Port}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("mano", failure.Message, StringComparison.Ordinal);
        Assert.False(store.Health.IsReachable);
        await Server.StartAsync();
        await PutAtLast(store, "k", 2);
        Assert.Equal("2", await Text(store, "k"));
        Assert.True(store.Health.IsReachable);
        Assert.Contains(Logged.Lines, line => line.Level == LogLevel.Warning && line.Text.StartsWith("Operations pause: ", StringComparison.Ordinal));
        Assert.DoesNotContain(Logged.Lines, line => line.Level >= LogLevel.Error);
    }

    [RedisFact]
    public async Task A_call_rides_through_a_restart_that_is_shorter_than_its_patience()
    {
        var store = await OpenReached(seconds: 30);
        await Put(store, "k", 1);
        await Server.Kill();
        var commits = Enumerable.Range(0, 20).Select(i => Put(store, $"during/{i}", i)).ToArray();
        var read = Text(store, "k");
        await Server.StartAsync();
        await Task.WhenAll(commits).Soon();
        Assert.Equal("1", await read.Soon());
        Assert.Equal(21, await store.CurrentRevision());
    }

    [RedisFact]
    public async Task A_store_opened_while_Redis_is_away_works_when_it_comes()
    {
        await Server.Kill();
        var store = Open();
        var reached = store.Reached(CancellationToken.None);
        await AssertUnavailable(store);
        Assert.False(reached.IsCompleted);
        await Server.StartAsync();
        await reached.Soon();
        await Put(store, "k", 1);
    }

    [RedisFact]
    public async Task A_first_step_that_meets_a_Redis_which_went_away_again_waits_and_is_done_again()
    {
        var store = await OpenReached();
        await Server.Kill();
        var tries = 0;
        var step = store.Patiently(
            async cancel =>
            {
                tries++;
                await store.CurrentRevision(cancel);
            },
            CancellationToken.None);
        await Eventually.Is(() => tries == 1);
        await AssertUnavailable(store);
        Assert.False(step.IsCompleted);
        await Server.StartAsync();
        await step.Soon();
        Assert.Equal(2, tries);
    }

    [RedisFact]
    public async Task A_watch_loses_nothing_and_doubles_nothing_over_restarts()
    {
        var (store, other) = (await OpenReached(), await OpenReached(seconds: 30));
        using var cancel = new CancellationTokenSource();
        await Put(store, "w/0", 0);
        var (seen, watching) = Watch(store, "w/", 0, cancel.Token);
        for (var round = 1; round <= 3; round++)
        {
            var writing = Task.WhenAll(Enumerable.Range(0, 50).Select(i => Put(other, $"w/{round}/{i}", i)));
            await Eventually.Is(() => seen.Count > (round - 1) * 50);
            await Server.Kill();
            await Server.StartAsync();
            await writing.Soon();
        }

        await Eventually.Is(() => seen.Count >= 151);
        await Put(other, "w/last", 0);
        await Eventually.Is(() => seen.Any(change => change.Key == "w/last"));
        Assert.Equal(152, seen.Count);
        Assert.Equal(152, seen.Select(change => change.Key).Distinct().Count());
        Assert.Equal(seen.Select(change => change.Revision).Order(), seen.Select(change => change.Revision));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching.Soon());
    }

    [RedisFact]
    public async Task A_paused_Redis_is_Unavailable_in_time_and_what_was_sent_to_it_is_settled_when_it_wakes()
    {
        var store = await OpenReached();
        await Put(store, "k", 0);
        await Server.Pause();
        try
        {
            var sent = Enumerable.Range(0, 10).Select(i => Assert.ThrowsAsync<FailureException>(() => Put(store, $"sent/{i}", i))).ToArray();
            var failures = await Task.WhenAll(sent).Soon();
            Assert.All(failures, failure => Assert.Contains("not known", failure.Failure.Message, StringComparison.Ordinal));
            await AssertUnavailable(store);
        }
        finally
        {
            await Server.Continue();
        }

        await PutAtLast(store, "k", 2);
        var now = (await store.Scan("sent/")).Entries;
        await Put(store, "k", 3);
        Assert.Equal(now, (await store.Scan("sent/")).Entries, (a, b) => a.Key == b.Key && a.Version == b.Version);
    }

    [RedisFact]
    public async Task A_commit_whose_answer_was_lost_is_asked_again_and_happens_once()
    {
        await using var path = new RedisPath(Server.Port);
        var store = await OpenReached(seconds: 30, port: path.Port);
        var version = await Put(store, "k", 0);
        path.LoseAnswers();
        var commit = Put(store, "k", 1, version);
        var read = store.Get("k").AsTask();
        await Eventually.Is(async () => await Server.Cli("HGET", "{mano}:values", "k") == "\"1\"");
        Assert.False(commit.IsCompleted);
        path.Cut();
        Assert.Equal(version + 1, await commit.Soon());
        Assert.Equal(version + 1, (await read.Soon())!.Version);
        Assert.Equal(version + 1, await store.CurrentRevision());
    }

    [RedisFact]
    public async Task A_commit_kept_back_on_a_dead_connection_cannot_land_after_its_caller_was_told()
    {
        await using var path = new RedisPath(Server.Port);
        var store = await OpenReached(port: path.Port);
        await Put(store, "k", 0);
        path.KeepBackRequests();
        var late = Assert.ThrowsAsync<FailureException>(() => Put(store, "k", "late"));
        await late.Soon();
        Assert.True(path.KeptBack > 0);
        await PutAtLast(store, "k", "newer");
        var revision = await store.CurrentRevision();
        await path.LetGo();
        Assert.Equal(revision, await store.CurrentRevision());
        Assert.Equal("newer", await Text(store, "k"));
        Assert.Equal("\"newer\"", await Server.Cli("HGET", "{mano}:values", "k"));
    }

    [RedisFact]
    public async Task Scripts_that_Redis_forgot_are_loaded_again()
    {
        var store = await OpenReached();
        await Put(store, "k", 1);
        await Server.Cli("SCRIPT", "FLUSH");
        await Task.WhenAll(Put(store, "k", 2), store.Get("k").AsTask(), store.CurrentRevision().AsTask());
        Assert.Equal("2", await Text(store, "k"));
    }

    [RedisFact]
    public async Task More_calls_than_may_wait_are_refused_at_once()
    {
        var store = await OpenReached(seconds: 30, with: options => options with { MaxCalls = 10 });
        await Put(store, "k", 0);
        await Server.Kill();
        var calls = Enumerable.Range(0, 20).Select(i => Put(store, $"k/{i}", i)).ToArray();
        await Eventually.Is(() => calls.Count(call => call.IsFaulted) >= 10);
        Assert.All(calls.Where(call => call.IsFaulted), call =>
            Assert.Contains("10 calls wait", Assert.IsType<FailureException>(call.Exception!.InnerException).Failure.Message, StringComparison.Ordinal));
        var waiting = calls.Where(call => !call.IsFaulted).ToArray();
        await Server.StartAsync();
        await Task.WhenAll(waiting).Soon();
    }

    [RedisFact]
    public async Task A_store_can_be_closed_while_Redis_is_away_and_ends_its_watches()
    {
        var store = await OpenReached(seconds: 30);
        await Put(store, "k", 1);
        using var cancel = new CancellationTokenSource();
        var (_, watching) = Watch(store, "", 0, cancel.Token);
        await Server.Pause();
        var calls = Assert.ThrowsAnyAsync<Exception>(() => Put(store, "k", 2));
        await store.DisposeAsync().AsTask().Soon();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => watching.Soon());
        await calls.Soon();
        await Server.Continue();
    }

    [RedisFact]
    public async Task Twenty_restarts_leave_no_connection_behind()
    {
        var store = await OpenReached(seconds: 30);
        await Put(store, "k", 0);
        for (var i = 1; i <= 20; i++)
        {
            await Server.Cli("CLIENT", "KILL", "TYPE", "normal");
            await Put(store, "k", i);
        }

        await Eventually.Is(async () => (await Server.Cli("CLIENT", "LIST")).Split('\n').Count(line => line.Contains("name=mano", StringComparison.Ordinal)) <= 2);
        Assert.Equal("20", await Text(store, "k"));
    }
}
