using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
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

    /// <summary>Lets them go, from a client that may be gone by now, and waits until Redis has answered all that was kept back.</summary>
    public async Task LetGo()
    {
        var kept = ways.Keys.Where(way => way.KeptBack > 0).ToList();
        foreach (var way in kept)
        {
            way.Answers = 0;
            way.Gate.TrySetResult();
        }

        await Eventually.Is(() => kept.All(way => way.Answers > 0));
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
                await far.ConnectAsync(IPAddress.Loopback, target, closing.Token);
                var way = new Way(near, far);
                ways[way] = true;
                _ = way.Run();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Closed, or nobody there: whoever connected finds out.
        }
    }

    private sealed class Way(TcpClient near, TcpClient far) : IDisposable
    {
        public bool LosesAnswers { get; set; }

        public TaskCompletionSource Gate { get; set; } = Open();

        public int KeptBack { get; private set; }

        public int Answers { get; set; }

        public Task Run() => Task.WhenAll(Pump(near, far, Request), Pump(far, near, Answer));

        public void Dispose()
        {
            near.Dispose();
            far.Dispose();
        }

        private static TaskCompletionSource Open()
        {
            var open = new TaskCompletionSource();
            open.SetResult();
            return open;
        }

        private static async Task Pump(TcpClient from, TcpClient to, Func<Task<bool>> passes)
        {
            var buffer = new byte[65536];
            try
            {
                for (int read; (read = await from.GetStream().ReadAsync(buffer)) > 0;)
                {
                    if (await passes())
                    {
                        await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
                    }
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // One end is gone.
            }
        }

        private async Task<bool> Request()
        {
            KeptBack++;
            await Gate.Task;
            KeptBack--;
            return true;
        }

        private Task<bool> Answer()
        {
            Answers++;
            return Task.FromResult(!LosesAnswers);
        }
    }
}
