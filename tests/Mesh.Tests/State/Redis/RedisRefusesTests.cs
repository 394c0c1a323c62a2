using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Testing;
using Microsoft.Extensions.Logging;

namespace Mano.Mesh.Tests.State.Redis;

/// <summary>A Redis that is there but does not take what it is given, or must not.</summary>
public sealed class RedisRefusesTests : RedisWorld
{
    protected override string[] Settings => ["--enable-debug-command", "yes"];

    private async Task<string> AssertCommitRefused(IStateStore store)
    {
        var before = await Server.Cli("HGET", "{mano}:meta", "revision");
        var failure = (await Assert.ThrowsAsync<FailureException>(() => Put(store, "refused", 1).Soon())).Failure;
        Assert.Equal((FailureKind.Unavailable, StateFailures.StoreUnavailable), (failure.Kind, failure.Reason));
        Assert.Equal(before, await Server.Cli("HGET", "{mano}:meta", "revision"));
        Assert.Equal("", await Server.Cli("HGET", "{mano}:values", "refused"));
        return failure.Message;
    }

    [RedisFact]
    public async Task A_full_Redis_refuses_commits_whole_and_still_answers_reads()
    {
        var store = await OpenReached();
        await Put(store, "k", 1);
        await Server.Cli("CONFIG", "SET", "maxmemory", "1mb");
        Assert.Contains("memory is full", await AssertCommitRefused(store), StringComparison.Ordinal);
        Assert.Equal("1", await Text(store, "k"));
        await Server.Cli("CONFIG", "SET", "maxmemory", "0");
        await Put(store, "k", 2);
    }

    [RedisFact]
    public async Task A_Redis_that_became_a_replica_is_left_until_it_is_master_again()
    {
        var store = await OpenReached();
        await Put(store, "k", 1);
        await Server.Cli("REPLICAOF", "127.0.0.1", "1");
        Assert.Contains("replica", await AssertCommitRefused(store), StringComparison.Ordinal);
        await Server.Cli("REPLICAOF", "NO", "ONE");
        await PutAtLast(store, "k", 2);
        Assert.Equal("2", await Text(store, "k"));
    }

    [RedisFact]
    public async Task Of_several_servers_the_master_is_found()
    {
        await using var replica = await RedisServer.StartAsync("--replicaof", $"127.0.0.1 {Server.Port}");
        var store = await OpenReached(seconds: 30, with: options => options with
        {
            Servers = [new("127.0.0.1", 1), new("127.0.0.1", replica.Port), new("localhost", Server.Port)],
        });
        await Put(store, "k", 1);
        Assert.Equal("\"1\"", await Server.Cli("HGET", "{mano}:values", "k"));
    }

    [RedisFact]
    public async Task A_Redis_that_cannot_write_to_its_disk_is_told()
    {
        var store = await OpenReached();
        await Put(store, "k", 1);
        Directory.CreateDirectory(Path.Combine(Server.Folder, "dump.rdb"));
        await Server.Cli("CONFIG", "SET", "save", "3600 1");
        await Server.Cli("BGSAVE");
        await Eventually.Is(async () => (await Server.Cli("INFO", "persistence")).Contains("rdb_last_bgsave_status:err", StringComparison.Ordinal));
        Assert.Contains("cannot write to its disk", await AssertCommitRefused(store), StringComparison.Ordinal);
        await Server.Cli("CONFIG", "SET", "save", "");
        await Put(store, "k", 2);
    }

    [RedisFact]
    public async Task A_key_of_another_type_is_told_and_no_half_commit_is_left()
    {
        var store = await OpenReached();
        await Put(store, "k", 1);
        foreach (var key in new[] { "feed", "index", "commits" })
        {
            await Server.Cli("RENAME", $"{{mano}}:{key}", $"{{mano}}:{key}-kept");
            await Server.Cli("SET", $"{{mano}}:{key}", "x");
            Assert.Contains("another type", await AssertCommitRefused(store), StringComparison.Ordinal);
            await Server.Cli("RENAME", $"{{mano}}:{key}-kept", $"{{mano}}:{key}");
        }

        await Put(store, "k", 2);
    }

    [RedisFact]
    public async Task While_Redis_loads_its_data_calls_wait_and_say_so()
    {
        var store = await OpenReached(seconds: 30);
        await Put(store, "k", 1);
        await Server.Cli("DEBUG", "POPULATE", "4000", "ballast", "500");
        await Server.Cli("BGREWRITEAOF");
        await Eventually.Is(async () => (await Server.Cli("INFO", "persistence")).Contains("aof_rewrite_in_progress:0", StringComparison.Ordinal));
        await Server.Kill();
        await using var loading = new Loading(Server);
        await loading.Begin();
        var impatient = Open();
        var failure = await AssertUnavailable(impatient);
        Assert.Contains("loads its data", failure.Message, StringComparison.Ordinal);
        var patient = Put(store, "k", 2);
        await loading.Finish();
        await patient.Soon();
    }

    [RedisFact]
    public async Task A_wrong_password_is_told_and_never_shown()
    {
        await Server.Cli("CONFIG", "SET", "requirepass", "right-secret");
        var wrong = Open(with: options => options with { Password = "wrong-secret" });
        Assert.Contains("password", (await AssertUnavailable(wrong)).Message, StringComparison.Ordinal);
        var none = Open();
        Assert.Contains("password", (await AssertUnavailable(none)).Message, StringComparison.Ordinal);
        var right = await OpenReached(with: options => options with { Password = "right-secret" });
        await Put(right, "k", 1);
        Assert.DoesNotContain(Logged.Lines, line => line.Text.Contains("secret", StringComparison.Ordinal));
    }

    [RedisFact]
    public async Task A_Redis_that_may_evict_keys_is_refused_until_it_may_not()
    {
        await Server.Cli("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
        var store = Open();
        await Eventually.Is(() => Logged.Lines.Any(line => line.Level == LogLevel.Error));
        var failure = await AssertUnavailable(store, StateFailures.StoreUnsafe);
        Assert.Contains("set maxmemory-policy to noeviction", failure.Message, StringComparison.Ordinal);
        Assert.Equal("", await Server.Cli("KEYS", "*"));
        await Server.Cli("CONFIG", "SET", "maxmemory-policy", "noeviction");
        await PutAtLast(store, "k", 1);
    }

    [RedisFact]
    public async Task What_an_acknowledged_commit_may_not_survive_is_told()
    {
        var best = await OpenReached();
        await Put(best, "k", 1);
        Assert.Null(best.Health.NotDurable);
        await Server.Cli("CONFIG", "SET", "appendfsync", "everysec");
        var second = await OpenReached();
        await Put(second, "k", 1);
        Assert.Contains("up to 2 seconds", second.Health.NotDurable, StringComparison.Ordinal);
        await Server.Cli("CONFIG", "SET", "appendonly", "no");
        var none = await OpenReached();
        await Put(none, "k", 1);
        Assert.Contains("appendonly is off", none.Health.NotDurable, StringComparison.Ordinal);
        Assert.Equal(2, Logged.Lines.Where(line => line.Id == 7103).Select(line => line.Text).Distinct().Count());
    }

    /// <summary>A Redis that takes its time to load, because each key it reads is delayed.</summary>
    private sealed class Loading(RedisServer server) : IAsyncDisposable
    {
        private bool slow;

        public async Task Begin()
        {
            await server.StartWithoutWaiting("--key-load-delay", "5000", "--loading-process-events-interval-bytes", "1024");
            slow = true;
            await Eventually.Is(async () => (await server.Cli("PING")).StartsWith("LOADING", StringComparison.Ordinal));
        }

        public async Task Finish()
        {
            slow = false;
            await server.Cli("CONFIG", "SET", "key-load-delay", "0");
        }

        public async ValueTask DisposeAsync()
        {
            if (slow)
            {
                await Finish();
            }
        }
    }
}
