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
            if (Answers(query, buffer.AsSpan(0, length)))
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

    /// <summary>
    /// Same id, a response, and the same question (RFC 5452 9.1). A server that could not read the question need not repeat it.
    /// </summary>
    internal static bool Answers(ReadOnlySpan<byte> query, ReadOnlySpan<byte> answer)
    {
        if (answer.Length < DnsWire.HeaderLength || !answer[..2].SequenceEqual(query[..2]) || (answer[2] & 0x80) == 0)
        {
            return false;
        }

        var questions = BinaryPrimitives.ReadUInt16BigEndian(answer[4..]);
        var code = (DnsResponseCode)(answer[3] & 0xf);
        var (mine, theirs) = (DnsWire.HeaderLength, DnsWire.HeaderLength);
        return questions == 0
            ? code is DnsResponseCode.FormatError or DnsResponseCode.NotImplemented
            : questions == 1
                && DnsNameReader.TryRead(query, ref mine, out var asked) && DnsNameReader.TryRead(answer, ref theirs, out var answered) && asked == answered
                && theirs + 4 <= answer.Length && query.Slice(mine, 4).SequenceEqual(answer.Slice(theirs, 4));
    }
}
