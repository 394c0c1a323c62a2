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
    private readonly CancellationTokenSource stop = new();
    private readonly DnsComplaints complaints = new(log, clock);
    private Socket? udp;
    private Socket? tcp;
    private Task loops = Task.CompletedTask;

    /// <summary>Where it really listens; known after the start.</summary>
    public IPEndPoint Address => (IPEndPoint)(tcp?.LocalEndPoint ?? throw new InvalidOperationException("The DNS server is not started."));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Bind();
        loops = Task.WhenAll(ServeUdp(udp!, stop.Token), new DnsTcpListener(responder, clock, complaints).Serve(tcp!, stop.Token));
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
                tcp.Listen(DnsTcpListener.MaxClients);
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
                _ = AnswerUdp(socket, buffer.AsMemory(0, received.ReceivedBytes).ToArray(), received.RemoteEndPoint, cancel);
            }
            catch (SocketException wrong)
            {
                complaints.ReceiveFailed(wrong.SocketErrorCode);
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
        catch (Exception fault)
        {
            complaints.AnswerFailed(fault);
        }
    }
}
