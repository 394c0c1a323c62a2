using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Mano.Testing;

namespace Mano.Mesh.Tests.State.Redis;

/// <summary>The way between a store and its Redis, on which bytes can be lost or kept back in either direction.</summary>
internal sealed class RedisPath : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource closing = new();
    private readonly ConcurrentDictionary<Way, bool> ways = new();
    private readonly int target;
    private readonly Task accepting;

    public RedisPath(int target, int port = 0)
    {
        this.target = target;
        listener = new(IPAddress.Loopback, port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = Task.Run(Accept);
    }

    public int Port { get; }

    /// <summary>Whether answers are thrown away; applies to the connections that are open now.</summary>
    public void LoseAnswers() => ForAll(way => way.LosesAnswers = true);

    /// <summary>Keeps requests back that are sent over the connections that are open now, until <see cref="LetGo"/>.</summary>
    public void KeepBackRequests() => ForAll(way => way.Gate = new(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>
    /// Lets them go and waits until Redis has done all that was kept back. The store has given up the connection of its calls by now, but not
    /// one on which it only asks from time to time: each is ended here, behind what was kept back, or Redis would never close its end.
    /// </summary>
    public async Task LetGo()
    {
        var kept = ways.Keys.Where(way => way.KeptBack > 0).ToList();
        kept.ForEach(way => way.EndRequests());
        await Task.WhenAll(kept.Select(way => way.Ended)).Soon();
    }

    /// <summary>Breaks the connections that are open now.</summary>
    public void Cut() => ForAll(way => way.Dispose());

    /// <summary>Requests that wait in <see cref="KeepBackRequests"/>.</summary>
    public int KeptBack => ways.Keys.Sum(way => way.KeptBack);

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        listener.Stop();
        await accepting;
        Cut();
    }

    private void ForAll(Action<Way> act)
    {
        foreach (var way in ways.Keys)
        {
            act(way);
        }
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var near = await listener.AcceptTcpClientAsync(closing.Token);
                var far = new TcpClient();
                try
                {
                    await far.ConnectAsync(IPAddress.Loopback, target, closing.Token);
                }
                catch (SocketException)
                {
                    // Nobody there: whoever connected finds out, and may come again.
                    far.Dispose();
                    near.Dispose();
                    continue;
                }

                ways[new Way(near, far)] = true;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private sealed class Way : IDisposable
    {
        private readonly Channel<byte[]> requests = Channel.CreateUnbounded<byte[]>();
        private readonly TcpClient near;
        private readonly TcpClient far;

        public Way(TcpClient near, TcpClient far)
        {
            (this.near, this.far) = (near, far);
            Gate.SetResult();
            _ = Read(near, chunk => requests.Writer.WriteAsync(chunk)).ContinueWith(_ => requests.Writer.TryComplete(), TaskScheduler.Default);
            _ = PassRequests();
            Ended = Read(far, async chunk =>
            {
                if (!LosesAnswers)
                {
                    await near.GetStream().WriteAsync(chunk);
                }
            });
        }

        public bool LosesAnswers { get; set; }

        public TaskCompletionSource Gate { get; set; } = new();

        public int KeptBack => requests.Reader.Count;

        /// <summary>Completes when Redis has closed its end, which it does when it has done what it was sent before the client closed.</summary>
        public Task Ended { get; }

        /// <summary>Passes on what is kept back, and after it the end.</summary>
        public void EndRequests()
        {
            requests.Writer.TryComplete();
            Gate.TrySetResult();
        }

        public void Dispose()
        {
            near.Dispose();
            far.Dispose();
        }

        /// <summary>Until the end, whatever becomes of what was read.</summary>
        private static async Task Read(TcpClient from, Func<byte[], ValueTask> pass)
        {
            var buffer = new byte[65536];
            try
            {
                for (int read; (read = await from.GetStream().ReadAsync(buffer)) > 0;)
                {
                    try
                    {
                        await pass(buffer[..read]);
                    }
                    catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
                    {
                        // Who should have it is gone.
                    }
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // One end is gone.
            }
        }

        private async Task PassRequests()
        {
            try
            {
                while (await requests.Reader.WaitToReadAsync())
                {
                    await Gate.Task;
                    while (requests.Reader.TryRead(out var chunk))
                    {
                        await far.GetStream().WriteAsync(chunk);
                    }
                }

                far.Client.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Redis is gone.
            }
        }
    }
}
