using System.Net;
using System.Net.Sockets;

namespace Mano.MecPlatform.Traffic.Gateway;

/// <summary>
/// Where users' traffic enters (the userspace stand-in for Mp2): a SOCKS 5 server whose every CONNECT is decided by the
/// active traffic rules.
/// </summary>
internal sealed class SocksGateway(GatewayConnection connection, GatewayOptions options, ILogger<SocksGateway> log) : IHostedService, IDisposable
{
    private const int Backlog = 512;
    private readonly CancellationTokenSource stop = new();
    private Socket? listener;
    private Task loop = Task.CompletedTask;
    private int open;
    private long refused;

    /// <summary>Where it really listens; known after the start.</summary>
    public IPEndPoint Address => (IPEndPoint)(listener?.LocalEndPoint ?? throw new InvalidOperationException("The gateway is not started."));

    public int OpenConnections => Volatile.Read(ref open);

    /// <summary>Connections closed at once because there were too many.</summary>
    public long RefusedTotal => Interlocked.Read(ref refused);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        listener = new Socket(options.Listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(options.Listen);
            listener.Listen(Backlog);
        }
        catch (SocketException taken)
        {
            throw new IOException($"The gateway cannot listen on {options.Listen}: {taken.Message}. Give another --gateway address.", taken);
        }

        loop = AcceptAll(listener, stop.Token);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stop.CancelAsync();
        await loop.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        listener?.Dispose();
    }

    public void Dispose()
    {
        listener?.Dispose();
        stop.Dispose();
    }

    private async Task AcceptAll(Socket socket, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                var device = await socket.AcceptAsync(cancel);
                if (Interlocked.Increment(ref open) > options.MaxConnections)
                {
                    Interlocked.Decrement(ref open);
                    Interlocked.Increment(ref refused);
                    device.Dispose();
                    continue;
                }

                _ = Serve(device, cancel);
            }
            catch (SocketException wrong)
            {
                GatewayLog.AcceptFailed(log, wrong.SocketErrorCode);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task Serve(Socket device, CancellationToken cancel)
    {
        try
        {
            device.NoDelay = true;
            await connection.Serve(device, cancel);
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // the device left, took too long, or the gateway stops
        }
        catch (Exception bug)
        {
            GatewayLog.ConnectionFailed(log, bug);
        }
        finally
        {
            device.Dispose();
            Interlocked.Decrement(ref open);
        }
    }
}
