using System.Net;
using System.Net.Sockets;

namespace Mano.MecPlatform.Tests.Mp1;

/// <summary>A subscriber that accepts every connection, reads what comes, and never answers.</summary>
internal sealed class HangingSubscriber : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly List<Socket> open = [];
    private readonly Task accepting;

    public HangingSubscriber()
    {
        listener.Start();
        accepting = Accept();
    }

    public string Url => $"http://{listener.LocalEndpoint}/told";

    /// <summary>Connections so far.</summary>
    public int Accepted
    {
        get
        {
            lock (open)
            {
                return open.Count;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        listener.Dispose();
        open.ForEach(s => s.Dispose());
        stop.Dispose();
    }

    private async Task Accept()
    {
        while (true)
        {
            var socket = await listener.AcceptSocketAsync(stop.Token);
            lock (open)
            {
                open.Add(socket);
            }

            _ = Drain(socket);
        }
    }

    private async Task Drain(Socket socket)
    {
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, stop.Token) > 0)
            {
                // read, and say nothing
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }
}
