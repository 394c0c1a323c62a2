using Mano.Mesh.State;
using Mano.Mesh.State.Redis;
using Mano.Testing;
using Microsoft.Extensions.Logging;

namespace Mano.Mesh.Tests.State.Redis;

/// <summary>A Redis that comes back with something else than what was left there is never gone on with in silence.</summary>
public sealed class RedisComesBackTests : RedisWorld
{
    private readonly TempFolder folder = new();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }

    private RedisStateStore OpenKnowing() => Open(with: options => options with { IdentityFile = folder.File("meo", "store-id") });

    [RedisFact]
    public async Task An_emptied_Redis_is_an_error_and_nothing_is_written_to_it_even_by_a_process_that_was_restarted()
    {
        var store = OpenKnowing();
        await Put(store, "k", 1);
        await Server.Cli("FLUSHALL");
        var failure = await AssertUnavailable(store, StateFailures.StoreReplaced);
        Assert.Contains("Restore the backup", failure.Message, StringComparison.Ordinal);
        await Eventually.Is(() => Logged.Lines.Any(line => line.Level == LogLevel.Error && line.Text.Contains("STORE_REPLACED", StringComparison.Ordinal)));
        await store.DisposeAsync();
        var restarted = OpenKnowing();
        await Eventually.Is(() => restarted.Health.Problem?.Contains("delete", StringComparison.Ordinal) == true);
        await AssertUnavailable(restarted, StateFailures.StoreReplaced);
        Assert.Equal("", await Server.Cli("KEYS", "*"));
        await restarted.DisposeAsync();
        File.Delete(folder.File("meo", "store-id"));
        await Put(OpenKnowing(), "k", 1);
    }

    [RedisFact]
    public async Task Another_store_under_the_same_name_is_an_error()
    {
        var store = await OpenReached();
        await Put(store, "k", 1);
        await Server.Cli("FLUSHALL");
        await Put(await OpenReached(), "k", "another's");
        // It may have looked while there was no store at all; it looks again by itself.
        await Eventually.Is(async () => (await AssertUnavailable(store, StateFailures.StoreReplaced)).Message.Contains("another store", StringComparison.Ordinal));
    }

    [RedisFact]
    public async Task A_Redis_that_comes_back_older_is_an_error_and_gone_on_with_when_the_newer_copy_is_back()
    {
        var store = await OpenReached();
        await Put(store, "k", 1);
        await Server.Kill();
        Copy(Path.Combine(Server.Folder, "appendonlydir"), folder.File("old"));
        await Server.StartAsync();
        await PutAtLast(store, "k", 2);
        await Server.Kill();
        Copy(Path.Combine(Server.Folder, "appendonlydir"), folder.File("new"));
        Copy(folder.File("old"), Path.Combine(Server.Folder, "appendonlydir"));
        await Server.StartAsync();
        await Eventually.Is(() => Logged.Lines.Any(line => line.Level == LogLevel.Error && line.Text.Contains("STORE_ROLLED_BACK", StringComparison.Ordinal)));
        var failure = await AssertUnavailable(store, StateFailures.StoreRolledBack);
        Assert.Contains("revision 1", failure.Message, StringComparison.Ordinal);
        await Server.Kill();
        Copy(folder.File("new"), Path.Combine(Server.Folder, "appendonlydir"));
        await Server.StartAsync();
        await PutAtLast(store, "k2", 3);
        Assert.Equal("2", await Text(store, "k"));
    }

    [RedisFact]
    public async Task A_Redis_that_lost_commits_and_has_newer_ones_instead_is_an_error_too()
    {
        await using var path = new RedisPath(Server.Port, DaemonProcess.FreePort()); // one to which it can come back
        var store = await OpenReached(port: path.Port);
        await Put(store, "k", 1);
        await Server.Kill();
        Copy(Path.Combine(Server.Folder, "appendonlydir"), folder.File("old"));
        await Server.StartAsync();
        await PutAtLast(store, "k", 2);
        await path.DisposeAsync();
        await Server.Kill();
        Copy(folder.File("old"), Path.Combine(Server.Folder, "appendonlydir"));
        await Server.StartAsync();
        var other = await OpenReached();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Put(other, $"else/{i}", i)));
        await using var again = new RedisPath(Server.Port, path.Port);
        await Eventually.Is(() => Logged.Lines.Any(line => line.Level == LogLevel.Error && line.Text.Contains("STORE_ROLLED_BACK", StringComparison.Ordinal)));
        await AssertUnavailable(store, StateFailures.StoreRolledBack);
    }

    private static void Copy(string from, string to)
    {
        if (Directory.Exists(to))
        {
            Directory.Delete(to, recursive: true);
        }

        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
