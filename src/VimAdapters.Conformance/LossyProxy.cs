using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Mano.VimAdapters.Conformance;

/// <summary>
/// Passes HTTP/2 without TLS on to an adapter, frame by frame on the way back, so that it can cut the connection at the very
/// moment when a reply comes: the adapter has done what it was asked, and whoever asked does not hear of it.
/// </summary>
public sealed class LossyProxy : IAsyncDisposable
{
    private const int FrameHeaderBytes = 9;
    private const int HeadersFrame = 1;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly DnsEndPoint target;
    private readonly Task accepting;
    private volatile bool armed;

    public LossyProxy(Uri target)
    {
        this.target = new(target.Host, target.Port);
        listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public string Address { get; }

    /// <summary>Whether a reply was lost since <see cref="LoseNextReply"/>.</summary>
    public bool HasLost => !armed;

    /// <summary>The next reply, whichever call it answers, is not delivered, and its connection ends.</summary>
    public void LoseNextReply() => armed = true;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true)
            {
                passing.Add(PassAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            await Task.WhenAll(passing);
        }
    }

    private async Task PassAsync(TcpClient near)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        using var far = new TcpClient();
        using (near)
        {
            try
            {
                await far.ConnectAsync(target.Host, target.Port, ended.Token);
                var there = near.GetStream().CopyToAsync(far.GetStream(), ended.Token);
                var back = BackAsync(far.GetStream(), near.GetStream(), ended.Token);
                await Task.WhenAny(there, back);
                await ended.CancelAsync();
                await Task.WhenAll(there, back);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Either side went away, or the reply was lost: the connection is over.
            }
        }
    }

    private async Task BackAsync(NetworkStream from, NetworkStream to, CancellationToken cancellationToken)
    {
        var frame = new byte[FrameHeaderBytes + (1 << 14)];
        while (await from.ReadAtLeastAsync(frame.AsMemory(0, FrameHeaderBytes), FrameHeaderBytes, throwOnEndOfStream: false, cancellationToken) == FrameHeaderBytes)
        {
            var length = (int)(BinaryPrimitives.ReadUInt32BigEndian(frame) >> 8);
            if (frame.Length < FrameHeaderBytes + length)
            {
                Array.Resize(ref frame, FrameHeaderBytes + length);
            }

            await from.ReadExactlyAsync(frame.AsMemory(FrameHeaderBytes, length), cancellationToken);
            if (armed && frame[3] == HeadersFrame)
            {
                armed = false;
                return;
            }

            await to.WriteAsync(frame.AsMemory(0, FrameHeaderBytes + length), cancellationToken);
        }
    }
}
