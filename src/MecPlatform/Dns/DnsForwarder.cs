using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Mano.MecPlatform.Dns;

/// <summary>
/// Asks the upstream: over UDP from a fresh port with an unpredictable id (RFC 5452), over TCP when the answer was
/// truncated or the client asked over TCP. At most <see cref="MaxInFlight"/> at once.
/// </summary>
internal sealed class DnsForwarder(IPEndPoint? upstream, TimeSpan timeout, TimeProvider clock) : IDisposable
{
    private const int MaxInFlight = 256;
    private const int Attempts = 2;
    private readonly SemaphoreSlim places = new(MaxInFlight);

    public bool HasUpstream => upstream is not null;

    /// <summary>The upstream's answer with the client's id, or null if there was none in time.</summary>
    public async Task<byte[]?> Ask(ReadOnlyMemory<byte> query, bool overTcp, CancellationToken cancel)
    {
        if (upstream is null || !await places.WaitAsync(TimeSpan.Zero, cancel))
        {
            return null;
        }

        try
        {
            using var late = new CancellationTokenSource(timeout, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
            var asked = query.ToArray();
            RandomNumberGenerator.Fill(asked.AsSpan(0, 2));
            var answer = overTcp ? await AskTcp(upstream, asked, either.Token) : await AskUdp(upstream, asked, either.Token);
            query.Span[..2].CopyTo(answer);
            return answer;
        }
        catch (Exception wrong) when (wrong is OperationCanceledException or SocketException or IOException && !cancel.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            places.Release();
        }
    }

    public void Dispose() => places.Dispose();

    private async Task<byte[]> AskUdp(IPEndPoint server, byte[] query, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var patience = new CancellationTokenSource(timeout / Attempts, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
            try
            {
                var answer = await AskUdpOnce(server, query, either.Token);
                return (answer[2] & (DnsWire.TruncatedBit >> 8)) == 0 ? answer : await AskTcp(server, query, cancel);
            }
            catch (OperationCanceledException) when (attempt < Attempts && !cancel.IsCancellationRequested)
            {
                // lost on the way: UDP is asked once more
            }
        }
    }

    private static async Task<byte[]> AskUdpOnce(IPEndPoint server, byte[] query, CancellationToken cancel)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancel);
        await socket.SendAsync(query, SocketFlags.None, cancel);
        var buffer = new byte[DnsWire.MaxMessage];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, SocketFlags.None, cancel);
            if (Answers(query, buffer.AsMemory(0, length)))
            {
                return buffer[..length];
            }
        }
    }

    private static async Task<byte[]> AskTcp(IPEndPoint server, byte[] query, CancellationToken cancel)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, cancel);
        await using var stream = new NetworkStream(socket);
        await DnsFraming.Write(stream, query, cancel);
        var answer = await DnsFraming.Read(stream, cancel);
        return answer is not null && Answers(query, answer) ? answer : throw new IOException("The upstream closed, or answered another question.");
    }

    /// <summary>Same id, a response, and (where it repeats the question) the same question.</summary>
    private static bool Answers(byte[] query, ReadOnlyMemory<byte> answer)
    {
        var bytes = answer.Span;
        if (bytes.Length < DnsWire.HeaderLength || !bytes[..2].SequenceEqual(query.AsSpan(0, 2)) || (bytes[2] & 0x80) == 0)
        {
            return false;
        }

        var (mine, theirs) = (DnsWire.HeaderLength, DnsWire.HeaderLength);
        return BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) != 1
            || (DnsNameReader.TryRead(query, ref mine, out var asked) && DnsNameReader.TryRead(bytes, ref theirs, out var answered) && asked == answered);
    }
}

/// <summary>Messages over TCP: two bytes of length before each (RFC 1035 4.2.2).</summary>
internal static class DnsFraming
{
    public static async Task Write(Stream stream, ReadOnlyMemory<byte> message, CancellationToken cancel)
    {
        var framed = new byte[message.Length + 2]; // one write, so that both travel in one segment (RFC 7766 8)
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed.AsMemory(2));
        await stream.WriteAsync(framed, cancel);
    }

    /// <summary>The next message; null when the other side has finished, also in the middle of one.</summary>
    public static async Task<byte[]?> Read(Stream stream, CancellationToken cancel)
    {
        var length = new byte[2];
        if (await stream.ReadAtLeastAsync(length, 2, throwOnEndOfStream: false, cancel) < 2)
        {
            return null;
        }

        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        return await stream.ReadAtLeastAsync(message, message.Length, throwOnEndOfStream: false, cancel) < message.Length ? null : message;
    }
}
