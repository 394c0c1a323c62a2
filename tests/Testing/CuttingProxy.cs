using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Mano.Testing;

/// <summary>
/// Passes TCP on to a server and cuts connections as a bad line does, without a word to either side: each when so many bytes of the client
/// have passed as is its turn to let pass.
/// </summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<long> budgets;
    private readonly Uri target;
    private readonly Task accepting;
    private int cuts;
    private long passed;

    /// <param name="target">The server's address.</param>
    /// <param name="budgets">Bytes that the first, second, … connection lets pass; those after them let everything pass.</param>
    public CuttingProxy(string target, params long[] budgets)
    {
        (this.target, this.budgets) = (new Uri(target), new(budgets));
        listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        accepting = Accept();
    }

    public string Address { get; }

    /// <summary>How many connections were cut.</summary>
    public int Cuts => Volatile.Read(ref cuts);

    /// <summary>How many bytes of clients have passed in all.</summary>
    public long Passed => Interlocked.Read(ref passed);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
    }

    private async Task Accept()
    {
        var passing = new List<Task>();
        try
        {
            while (true)
            {
                passing.Add(Pass(await listener.AcceptSocketAsync(stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            await Task.WhenAll(passing);
        }
    }

    private async Task Pass(Socket near)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        using (near)
        {
            try
            {
                await far.ConnectAsync(target.Host, target.Port, ended.Token);
                var budget = budgets.TryDequeue(out var bytes) ? bytes : long.MaxValue;
                await Task.WhenAny(Copy(near, far, budget, isClient: true, ended.Token), Copy(far, near, long.MaxValue, isClient: false, ended.Token));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side went away: the other is cut, too.
            }

            await ended.CancelAsync();
            (near.LingerState, far.LingerState) = (new(true, 0), new(true, 0)); // a reset, not a farewell
        }
    }

    private async Task Copy(Socket from, Socket to, long budget, bool isClient, CancellationToken cancel)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (int read; budget > 0 && (read = await from.ReceiveAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, budget)), cancel)) > 0; budget -= read)
            {
                for (var sent = 0; sent < read;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), cancel);
                }

                Interlocked.Add(ref passed, isClient ? read : 0);
            }

            if (budget == 0)
            {
                Interlocked.Increment(ref cuts);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other direction ended it.
        }
    }
}
