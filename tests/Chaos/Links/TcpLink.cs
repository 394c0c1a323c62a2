using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Mano.Chaos.Links;

/// <summary>A TCP path between two parts, which can be cut, blackholed, slowed and restored.</summary>
internal sealed class TcpLink : IDisposable
{
    private readonly Socket listener;
    private readonly IPEndPoint target;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<LinkConnection, byte> connections = new();
    private readonly Lock gate = new();
    private TaskCompletionSource carrying = Opened();
    private LinkMode mode;

    public TcpLink(string name, int port, IPEndPoint target)
    {
        Name = name;
        this.target = target;
        listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(512);
        Address = (IPEndPoint)listener.LocalEndPoint!;
        _ = AcceptAll();
    }

    /// <summary><c>edge-a>meo-1</c>: from whom to whom.</summary>
    public string Name { get; }

    public IPEndPoint Address { get; }

    public Uri Url => new($"http://{Address}");

    /// <summary>How late each piece is with <see cref="LinkMode.Slow"/>.</summary>
    public TimeSpan Lateness { get; private set; }

    /// <summary>Changes what the link does, for present and new connections.</summary>
    public void Set(LinkMode wanted, TimeSpan lateness = default)
    {
        lock (gate)
        {
            mode = wanted;
            Lateness = wanted == LinkMode.Slow ? lateness : TimeSpan.Zero;
            if (wanted == LinkMode.Blackhole)
            {
                if (carrying.Task.IsCompleted)
                {
                    carrying = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }
            else
            {
                carrying.TrySetResult();
            }
        }

        if (wanted == LinkMode.Cut)
        {
            Reset();
        }
    }

    /// <summary>Completes as soon as the link carries something.</summary>
    internal async ValueTask Carries(CancellationToken cancel)
    {
        Task wait;
        TimeSpan late;
        lock (gate)
        {
            (wait, late) = (carrying.Task, Lateness);
        }

        await wait.WaitAsync(cancel);
        if (late > TimeSpan.Zero)
        {
            await Task.Delay(late, TimeProvider.System, cancel);
        }
    }

    internal void Ended(LinkConnection connection) => connections.TryRemove(connection, out _);

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        Reset();
        stop.Dispose();
    }

    private async Task AcceptAll()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Take(await listener.AcceptAsync(stop.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client was gone before we looked.
            }
        }
    }

    private void Take(Socket client)
    {
        var connection = new LinkConnection(this, client, target);
        connections[connection] = 0;
        if (mode == LinkMode.Cut)
        {
            connection.Reset();
            Ended(connection);
            return;
        }

        _ = connection.Carry(stop.Token);
    }

    private void Reset()
    {
        foreach (var connection in connections.Keys)
        {
            connection.Reset();
        }
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }
}
