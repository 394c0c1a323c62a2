using Mano.Testing;

namespace Mano.Deploy.Tests.Kubernetes;

/// <summary>The scripts of components/redis, with a real redis-server: only the folders are others.</summary>
public sealed class RedisStartTests
{
    private static readonly string Component = Path.Combine(Repository.Folder, "deploy", "k8s", "components", "redis");

    [RedisFact]
    public async Task It_starts_asks_for_the_password_and_keeps_every_commit()
    {
        using var folder = new TempFolder();
        var port = DaemonProcess.FreePort();
        foreach (var name in new[] { "run", "data", "secret" })
        {
            Directory.CreateDirectory(folder.File(name));
        }

        await File.WriteAllTextAsync(folder.File("secret", "password"), "correct horse\n");
        foreach (var file in new[] { "redis.conf", "start", "alive", "ready" })
        {
            var text = (await File.ReadAllTextAsync(Path.Combine(Component, file)))
                .Replace("/etc/mano-redis", folder.FullPath, StringComparison.Ordinal).Replace("/run/redis", folder.File("run"), StringComparison.Ordinal)
                .Replace("/run/secrets/mano-store", folder.File("secret"), StringComparison.Ordinal).Replace("dir /data", $"dir {folder.File("data")}", StringComparison.Ordinal)
                .Replace("port 6379", $"port {port}", StringComparison.Ordinal).Replace("redis-cli ping", $"redis-cli -p {port} ping", StringComparison.Ordinal)
                .Replace("bind * -::*", "bind 127.0.0.1", StringComparison.Ordinal);
            await File.WriteAllTextAsync(folder.File(file), text);
        }

        Assert.NotEqual(0, Shell.Run("sh", folder.File("alive")).Code);
        await using var server = ChildProcess.Start("sh", [folder.File("start")]);
        await Eventually.Is(() => Shell.Run("sh", folder.File("ready")).Code == 0 || server.HasExited, "ready");
        Assert.False(server.HasExited, string.Join('\n', server.Output));
        Assert.Equal(0, Shell.Run("sh", folder.File("alive")).Code);

        string Cli(params string[] words) => Shell.Run("redis-cli", ["-p", $"{port}", "--no-auth-warning", .. words]).Output.Trim();
        Assert.StartsWith("NOAUTH", Cli("GET", "x"), StringComparison.Ordinal);
        Assert.Equal("OK", Cli("-a", "correct horse", "SET", "x", "y"));
        foreach (var (setting, value) in new[] { ("appendonly", "yes"), ("appendfsync", "always"), ("maxmemory-policy", "noeviction") })
        {
            Assert.Equal($"{setting}\n{value}", Cli("-a", "correct horse", "CONFIG", "GET", setting));
        }

        Assert.DoesNotContain("correct horse", await File.ReadAllTextAsync($"/proc/{server.Id}/cmdline"), StringComparison.Ordinal);
        await server.Kill();
        await using var again = ChildProcess.Start("sh", [folder.File("start")]);
        await Eventually.Is(() => Shell.Run("sh", folder.File("ready")).Code == 0 || again.HasExited, "ready again");
        Assert.Equal("y", Cli("-a", "correct horse", "GET", "x"));
    }
}
