using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Mano.MecPlatform.Dns;

/// <summary>DNS over TCP (RFC 7766). With as many connections as may be, a new one takes the place of the one that was idle longest (6.2.3).</summary>
internal sealed class DnsTcpListener(DnsResponder responder, TimeProvider clock, DnsComplaints complaints)
{
    /// <summary>256: a resolver keeps one or two, a device none; each holds one query of 4 KiB at most.</summary>
    public const int MaxClients = 256;

    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(100);
    private readonly ConcurrentDictionary<DnsTcpClient, bool> clients = [];

    public int Connections => clients.Count;

    public async Task Serve(Socket listener, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                Take(await listener.AcceptAsync(cancel), cancel);
            }
            catch (SocketException wrong)
            {
                complaints.ReceiveFailed(wrong.SocketErrorCode);

                // Out of file descriptors, the next attempt fails at once too.
                await Task.Delay(AfterFailure, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Take(Socket socket, CancellationToken cancel)
    {
        if (clients.Count >= MaxClients)
        {
            clients.Keys.MinBy(c => c.LastQuery)?.Close();
        }

        var client = new DnsTcpClient(socket, responder, clock, complaints);
        clients[client] = true;
        _ = Serve(client, cancel);
    }

    private async Task Serve(DnsTcpClient client, CancellationToken cancel)
    {
        using (client)
        {
            await client.Serve(cancel);
            clients.TryRemove(client, out _);
        }
    }
}
