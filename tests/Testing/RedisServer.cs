using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Mano.Testing;

/// <summary>
/// A real redis-server of a test's own: own port, own folder, every commit synced (appendfsync always). It can be killed,
/// stopped, started again at the same address, and never outlives the test run.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private readonly string[] settings;
    private Process? keeper;
    private int pid;

    private RedisServer(string[] settings) => this.settings = settings;

    public int Port { get; } = DaemonProcess.FreePort();

    /// <summary>What a MEO's --store is given.</summary>
    public string Url => $"redis://127.0.0.1:{Port}/?prefix=mano";

    /// <summary>Where its append-only file lies.</summary>
    public string Folder => folder.FullPath;

    public int Pid => pid;

    public bool IsRunning => keeper is { HasExited: false };

    /// <param name="settings">Further settings as redis-server takes them: <c>--requirepass</c>, <c>secret</c>.</param>
    public static async Task<RedisServer> StartAsync(params string[] settings)
    {
        var server = new RedisServer(settings);
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts it, again after <see cref="Kill"/>, with what its folder holds, and waits until it takes commands.</summary>
    public async Task StartAsync()
    {
        await StartWithoutWaiting();
        await Eventually.Is(async () => (await Ask("PING")).StartsWith("+PONG", StringComparison.Ordinal) || (await Ask("PING")).StartsWith("-NOAUTH", StringComparison.Ordinal));
    }

    /// <summary>Starts it and waits for nothing: it may be loading for a while.</summary>
    public async Task StartWithoutWaiting(params string[] more)
    {
        if (RedisFactAttribute.WhyMissing is { } missing)
        {
            throw new InvalidOperationException($"This test {missing}.");
        }

        // The shell ends the server when this process is gone, however it went: its standard input is closed then.
        var start = new ProcessStartInfo("bash",
            ["-c", "exec 3<&0 2>/dev/null; redis-server \"$@\" </dev/null >>\"$0/redis.log\" 2>&1 & echo $!; read -r _ <&3; kill -9 $! 2>/dev/null; wait", Folder, .. Arguments(), .. more])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false,
        };
        keeper = Process.Start(start)!;
        pid = int.Parse((await keeper.StandardOutput.ReadLineAsync().Soon())!, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public async Task Kill()
    {
        await Signal("-KILL");
        await End();
    }

    /// <summary>SIGSTOP: it keeps its connections and answers nothing.</summary>
    public Task Pause() => Signal("-STOP");

    /// <summary>SIGCONT.</summary>
    public Task Continue() => Signal("-CONT");

    /// <summary>What redis-cli prints; fails with what it prints when Redis refuses.</summary>
    public async Task<string> Cli(params string[] command)
    {
        await using var cli = ChildProcess.Start("redis-cli", ["-p", $"{Port}", .. command]);
        await cli.WaitForExit();
        return string.Join('\n', cli.Output);
    }

    public string Log => File.Exists(folder.File("redis.log")) ? File.ReadAllText(folder.File("redis.log")) : "";

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            await End();
        }

        folder.Dispose();
    }

    private IEnumerable<string> Arguments() =>
    [
        "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", Folder, "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--daemonize", "no",
        .. settings,
    ];

    private async Task End()
    {
        keeper!.StandardInput.Close();
        await keeper.WaitForExitAsync().Soon("end of redis-server");
        keeper.Dispose();
        keeper = null;
    }

    private async Task Signal(string signal)
    {
        await using var kill = ChildProcess.Start("/bin/kill", [signal, $"{pid}"]);
        await kill.WaitForExit();
    }

    private async Task<string> Ask(string command)
    {
        if (!IsRunning)
        {
            throw new InvalidOperationException($"redis-server ended:\n{Log}");
        }

        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"));
            var buffer = new byte[64];
            return Encoding.ASCII.GetString(buffer, 0, await client.GetStream().ReadAsync(buffer));
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return "";
        }
    }
}

/// <summary>A test that needs a real redis-server; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute() => Skip = WhyMissing!;

    public static string? WhyMissing { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "redis-server")))
            ? null
            : "needs redis-server, and there is none: tests/install installs it";
}
