using System.Net;
using System.Net.Sockets;

namespace Mano.MecPlatform.Dns;

/// <summary>
/// Listens on UDP and TCP with the same port. What the tables know is answered in the receive loop; what waits for the
/// upstream does not hold the next query up.
/// </summary>
internal sealed class DnsServer(DnsResponder responder, DnsOptions options, TimeProvider clock, ILogger<DnsServer> log) : IHostedService, IDisposable
{
    private const int BindAttempts = 20;
    private const int MaxTcpClients = 64;
    private static readonly TimeSpan TcpIdle = TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim tcpPlaces = new(MaxTcpClients);
    private Socket? udp;
    private Socket? tcp;
    private Task loops = Task.CompletedTask;

    /// <summary>Where it really listens; known after the start.</summary>
    public IPEndPoint Address => (IPEndPoint)(tcp?.LocalEndPoint ?? throw new InvalidOperationException("The DNS server is not started."));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Bind();
        loops = Task.WhenAll(ServeUdp(udp!, stop.Token), ServeTcp(tcp!, stop.Token));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stop.CancelAsync();
        await loops.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        udp?.Dispose();
        tcp?.Dispose();
    }

    public void Dispose()
    {
        udp?.Dispose();
        tcp?.Dispose();
        stop.Dispose();
        tcpPlaces.Dispose();
    }

    /// <summary>With port 0 the system chooses for TCP, and the same number may be taken for UDP: then another is tried.</summary>
    private void Bind()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                tcp = new Socket(options.Listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                tcp.Bind(options.Listen);
                tcp.Listen(MaxTcpClients);
                udp = new Socket(options.Listen.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                udp.Bind(tcp.LocalEndPoint!);
                return;
            }
            catch (SocketException) when (options.Listen.Port == 0 && attempt < BindAttempts)
            {
                tcp?.Dispose();
                udp?.Dispose();
            }
            catch (SocketException taken)
            {
                throw new IOException($"The DNS responder cannot listen on {options.Listen}: {taken.Message}. Give another --dns address.", taken);
            }
        }
    }

    private async Task ServeUdp(Socket socket, CancellationToken cancel)
    {
        var buffer = new byte[DnsWire.MaxMessage];
        var any = new IPEndPoint(options.Listen.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, any, cancel);
                var pending = AnswerUdp(socket, buffer.AsMemory(0, received.ReceivedBytes).ToArray(), received.RemoteEndPoint, cancel);
                if (pending.IsFaulted)
                {
                    await pending;
                }
            }
            catch (SocketException wrong)
            {
                DnsLog.ReceiveFailed(log, wrong.SocketErrorCode);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task AnswerUdp(Socket socket, byte[] query, EndPoint client, CancellationToken cancel)
    {
        try
        {
            if (await responder.Answer(query, overTcp: false, cancel) is { } answer)
            {
                await socket.SendToAsync(answer, SocketFlags.None, client, cancel);
            }
        }
        catch (Exception wrong) when (wrong is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // the client is gone or the server stops: nobody waits for this answer
        }
    }

    private async Task ServeTcp(Socket socket, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await tcpPlaces.WaitAsync(cancel);
                _ = ServeTcpClient(await socket.AcceptAsync(cancel), cancel);
            }
            catch (SocketException wrong)
            {
                tcpPlaces.Release();
                DnsLog.ReceiveFailed(log, wrong.SocketErrorCode);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ServeTcpClient(Socket client, CancellationToken cancel)
    {
        using var idle = new CancellationTokenSource(TcpIdle, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancel);
        try
        {
            await using var stream = new NetworkStream(client, ownsSocket: true);
            while (await DnsFraming.Read(stream, either.Token) is { } query)
            {
                if (await responder.Answer(query, overTcp: true, either.Token) is not { } answer)
                {
                    return; // nothing to say means the bytes were no query: the stream is not to be trusted either
                }

                await DnsFraming.Write(stream, answer, either.Token);
                idle.CancelAfter(TcpIdle);
            }
        }
        catch (Exception wrong) when (wrong is IOException or SocketException or OperationCanceledException)
        {
            // the client went away, or was idle for too long
        }
        finally
        {
            tcpPlaces.Release();
        }
    }
}
