using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mano.Cli.Demo.RealEdge;

/// <summary>The server in the cloud: HTTP and datagrams at every cloud address, and the DNS of its name. And the monitor, which counts the copies it gets.</summary>
internal sealed class CloudServer : IDisposable
{
    public const string Greeting = "Hello from the cloud.";

    private static readonly byte[] Page = Encoding.ASCII.GetBytes(
        $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {Greeting.Length + 1}\r\nConnection: close\r\n\r\n{Greeting}\n");

    private readonly List<IDisposable> sockets = [];
    private int copies;

    public CloudServer(EdgeNetwork network)
    {
        foreach (var address in EdgePlan.CloudAddresses)
        {
            _ = ServePagesAsync(Keep(network.Listen(EdgePlan.Internet, new(address, EdgePlan.HttpPort))));
            _ = AnswerAsync(Keep(network.Udp(EdgePlan.Internet, new(address, EdgePlan.DatagramPort))), _ => Encoding.ASCII.GetBytes(Greeting + "\n"));
        }

        _ = AnswerAsync(Keep(network.Udp(EdgePlan.Internet, EdgePlan.CloudDns)), AnswerOf);
        _ = AnswerAsync(Keep(network.Udp(EdgePlan.Monitor, new(EdgePlan.Watched, EdgePlan.DatagramPort))), _ =>
        {
            Interlocked.Increment(ref copies);
            return null;
        });
    }

    /// <summary>How many datagrams to the watched address the monitor has got.</summary>
    public int Copies => Volatile.Read(ref copies);

    public void Dispose() => sockets.ForEach(s => s.Dispose());

    private T Keep<T>(T socket)
        where T : IDisposable
    {
        sockets.Add(socket);
        return socket;
    }

    private static async Task ServePagesAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                _ = ServePageAsync(await listener.AcceptAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private static async Task ServePageAsync(Socket client)
    {
        using (client)
        {
            try
            {
                var buffer = new byte[4096];
                var length = 0;
                while (!buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
                {
                    var more = await client.ReceiveAsync(buffer.AsMemory(length));
                    if (more == 0)
                    {
                        return;
                    }

                    length += more;
                }

                await client.SendAsync(Page);
                client.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException)
            {
                // The client left.
            }
        }
    }

    private static async Task AnswerAsync(UdpClient socket, Func<byte[], byte[]?> answer)
    {
        try
        {
            while (true)
            {
                var question = await socket.ReceiveAsync();
                if (answer(question.Buffer) is { } reply)
                {
                    await socket.SendAsync(reply, question.RemoteEndPoint);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    /// <summary>RFC 1035 §4: the question again, and for an A question one address, for the one name that is asked for here.</summary>
    private static byte[] AnswerOf(byte[] query)
    {
        var end = Array.IndexOf(query, (byte)0, 12) + 5;
        var isA = query[end - 3] == 1;
        byte[] head = [query[0], query[1], 0x85, 0x80, 0, 1, 0, (byte)(isA ? 1 : 0), 0, 0, 0, 0];
        byte[] record = isA ? [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, .. EdgePlan.OtherCloud.GetAddressBytes()] : [];
        return [.. head, .. query.AsSpan(12, end - 12), .. record];
    }
}
