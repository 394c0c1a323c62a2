using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mano.MecPlatform.Tests.Traffic;

/// <summary>An application on a loopback address of its own: echoes, or counts and answers at the end, or sends a lot.</summary>
internal sealed class EchoApp : IDisposable
{
    public long Sent;

    private readonly TcpListener listener;
    private readonly List<Socket> clients = [];
    private readonly bool answerAtEnd;
    private readonly int sendAtOnce;

    public EchoApp(string address, bool answerAtEnd = false, int sendAtOnce = 0)
    {
        (this.answerAtEnd, this.sendAtOnce) = (answerAtEnd, sendAtOnce);
        listener = new(IPAddress.Parse(address), 0);
        listener.Start();
        _ = Accept();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public void Reset()
    {
        lock (clients)
        {
            clients.ForEach(c => c.Close(0));
        }
    }

    public void Dispose()
    {
        listener.Dispose();
        Reset();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync();
                lock (clients)
                {
                    clients.Add(client);
                }

                _ = Serve(client);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task Serve(Socket client)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            while (Interlocked.Read(ref Sent) < sendAtOnce)
            {
                Interlocked.Add(ref Sent, await client.SendAsync(buffer));
            }

            var total = 0;
            for (int read; sendAtOnce == 0 && (read = await client.ReceiveAsync(buffer)) > 0; total += read)
            {
                await client.SendAsync(answerAtEnd ? ReadOnlyMemory<byte>.Empty : buffer.AsMemory(0, read));
            }

            if (answerAtEnd)
            {
                await client.SendAsync(Encoding.ASCII.GetBytes($"{total} bytes"));
            }

            client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // the other side left
        }
    }
}
