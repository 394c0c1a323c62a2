using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Mano.Bench.Rows;

/// <summary>A redis-server of the row's own, and nothing between it and the bare client.</summary>
internal sealed class BareRedis : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mano-bench-").FullName;
    private Process? server;

    public int Port { get; } = FreePort();

    public ConnectionMultiplexer Client { get; private set; } = null!;

    /// <summary>Null where no redis-server is installed.</summary>
    public static async Task<BareRedis?> StartAsync(string fsync)
    {
        var redis = new BareRedis();
        try
        {
            redis.server = Process.Start(new ProcessStartInfo(
                "redis-server", ["--port", $"{redis.Port}", "--bind", "127.0.0.1", "--dir", redis.folder, "--appendonly", "yes", "--appendfsync", fsync, "--save", ""])
            {
                RedirectStandardOutput = true, UseShellExecute = false,
            })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }

        _ = redis.server.StandardOutput.ReadToEndAsync();
        for (var tries = 0; ; tries++)
        {
            try
            {
                redis.Client = await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions { EndPoints = { new IPEndPoint(IPAddress.Loopback, redis.Port) }, ConnectRetry = 1 });
                return redis;
            }
            catch (RedisConnectionException) when (tries < 100)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Client is not null)
        {
            await Client.CloseAsync();
        }

        if (server is not null)
        {
            server.Kill();
            await server.WaitForExitAsync();
            server.Dispose();
        }

        Directory.Delete(folder, recursive: true);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
