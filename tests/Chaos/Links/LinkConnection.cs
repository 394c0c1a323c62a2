using System.Net;
using System.Net.Sockets;

namespace Mano.Chaos.Links;

/// <summary>One connection over a link: two pumps, each of which asks the link before it passes a piece on.</summary>
internal sealed class LinkConnection(TcpLink link, Socket client, IPEndPoint target)
{
    private readonly Socket server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public async Task Carry(CancellationToken cancel)
    {
        try
        {
            client.NoDelay = true;
            await link.Carries(cancel);
            await server.ConnectAsync(target, cancel);
            await Task.WhenAll(Pump(client, server, cancel), Pump(server, client, cancel));
        }
        catch (Exception e) when (IsEnd(e))
        {
            // Reset by one side, by the link, or nobody listens: the other side shall see the same.
        }
        finally
        {
            Reset();
            link.Ended(this);
        }
    }

    /// <summary>Both sides get a reset, not an orderly end.</summary>
    public void Reset()
    {
        Abort(client);
        Abort(server);
    }

    private async Task Pump(Socket from, Socket to, CancellationToken cancel)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, cancel) is var count and > 0)
            {
                await link.Carries(cancel);
                await to.SendAsync(buffer.AsMemory(0, count), cancel);
            }

            await link.Carries(cancel);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (IsEnd(e))
        {
            Reset();
        }
    }

    private static void Abort(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }
    }

    private static bool IsEnd(Exception e) => e is SocketException or ObjectDisposedException or OperationCanceledException;
}
