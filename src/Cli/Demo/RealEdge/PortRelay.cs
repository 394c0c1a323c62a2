using System.Net;
using System.Net.Sockets;

namespace Mano.Cli.Demo.RealEdge;

/// <summary>A port on the machine's loopback that leads into a part of the network: this program, and a person in another terminal, reach the MEO by it.</summary>
internal sealed class PortRelay : IDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Func<Socket> open;
    private readonly IPEndPoint target;

    public PortRelay(Func<Socket> open, IPEndPoint target)
    {
        (this.open, this.target) = (open, target);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(64);
        _ = AcceptAsync();
    }

    /// <summary><c>http://127.0.0.1:41234</c></summary>
    public string Url => $"http://{listener.LocalEndPoint}";

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = CarryAsync(await listener.AcceptAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task CarryAsync(Socket client)
    {
        using (client)
        {
            try
            {
                using var server = open();
                await server.ConnectAsync(target);
                (client.NoDelay, server.NoDelay) = (true, true);
                await Task.WhenAll(CopyAsync(client, server), CopyAsync(server, client));
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // Either side went away; the other is told by the end of its connection.
            }
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var length)
            {
                await to.SendAsync(buffer.AsMemory(0, length));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            from.Close();
            to.Close();
            throw;
        }
    }
}
