using System.Net.Sockets;
using System.Text;
using Mano.Testing;

namespace Mano.VimAdapters.Tests.LocalContainers;

/// <summary>Stands between an adapter and its engine: what it is told to lose reaches the engine, whose answer is dropped with the connection.</summary>
internal sealed class LossyProxy : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private readonly CancellationTokenSource ending = new();
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string engine;
    private readonly Task accepting;
    private volatile string? lose;
    private int lost;

    public LossyProxy(string engineSocket)
    {
        engine = engineSocket["unix://".Length..];
        listener.Bind(new UnixDomainSocketEndPoint(folder.File("proxy.sock")));
        listener.Listen();
        accepting = Task.Run(AcceptAsync);
    }

    public string Socket => "unix://" + folder.File("proxy.sock");

    /// <summary>How many answers were lost.</summary>
    public int Lost => lost;

    /// <summary>Loses the next answer to a request whose head contains this.</summary>
    public void LoseNext(string request) => lose = request;

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Dispose();
        await accepting;
        folder.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptAsync(ending.Token);
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test ends.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var upstream = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (client)
        {
            try
            {
                await upstream.ConnectAsync(new UnixDomainSocketEndPoint(engine), ending.Token);
                var isLosing = false;
                await Task.WhenAny(
                    CopyAsync(client, upstream, head => isLosing |= Takes(head)),
                    CopyAsync(upstream, client, _ => isLosing ? throw new IOException("lost") : false));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // Either side went away, which the other one sees now.
            }
        }
    }

    private bool Takes(string head)
    {
        if (lose is { } wanted && head.Contains(wanted, StringComparison.Ordinal))
        {
            lose = null;
            Interlocked.Increment(ref lost);
            return true;
        }

        return false;
    }

    private async Task CopyAsync(Socket from, Socket to, Func<string, bool> see)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await from.ReceiveAsync(buffer, ending.Token)) > 0)
        {
            see(Encoding.Latin1.GetString(buffer, 0, Math.Min(read, 400)));
            await to.SendAsync(buffer.AsMemory(0, read), SocketFlags.None, ending.Token);
        }
    }
}
