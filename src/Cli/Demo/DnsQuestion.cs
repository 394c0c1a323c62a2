using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mano.Cli.Demo;

/// <summary>What a DNS server answered.</summary>
/// <param name="Code">"NOERROR", "NXDOMAIN", "REFUSED", …</param>
/// <param name="Ttl">Seconds, of the first address.</param>
internal sealed record DnsReply(string Code, IReadOnlyList<IPAddress> Addresses, uint Ttl)
{
    public override string ToString() => Addresses.Count == 0 ? Code : $"{string.Join(", ", Addresses)} (TTL {Ttl} s)";
}

/// <summary>
/// Asks one DNS server one question, as a user's resolver would: an A query over UDP (RFC 1035 §4). Only what the demo
/// needs to see with its own eyes; <c>dig</c> shows the rest.
/// </summary>
internal static class DnsQuestion
{
    private const int HeaderBytes = 12;
    private const ushort TypeA = 1;
    private const ushort ClassIn = 1;
    private const int Tries = 3;

    private static readonly TimeSpan TryTime = TimeSpan.FromSeconds(1);

    private static readonly string[] Codes = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];

    /// <param name="server">Whom to ask.</param>
    /// <param name="name">For an A record.</param>
    /// <param name="clock">Times the tries.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="open">Makes the socket; null: on the machine's own network.</param>
    /// <exception cref="TimeoutException">No answer after three tries.</exception>
    public static async Task<DnsReply> AskAsync(IPEndPoint server, string name, TimeProvider clock, CancellationToken stop, Func<UdpClient>? open = null)
    {
        using var udp = open?.Invoke() ?? new UdpClient(server.AddressFamily);
        udp.Connect(server);
        var id = (ushort)(clock.GetTimestamp() & 0xFFFF);
        var question = Encode(id, name);
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            await udp.SendAsync(question, stop);
            using var limit = new CancellationTokenSource(TryTime, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
            try
            {
                var answer = await udp.ReceiveAsync(both.Token);
                if (answer.Buffer.Length >= HeaderBytes && BinaryPrimitives.ReadUInt16BigEndian(answer.Buffer) == id)
                {
                    return Decode(answer.Buffer);
                }
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                // UDP loses; ask again.
            }
        }

        throw new TimeoutException($"The DNS server at {server} did not answer.");
    }

    private static byte[] Encode(ushort id, string name)
    {
        var labels = name.TrimEnd('.').Split('.').Select(Encoding.ASCII.GetBytes).ToArray();
        var message = new byte[HeaderBytes + labels.Sum(l => l.Length + 1) + 1 + 4];
        BinaryPrimitives.WriteUInt16BigEndian(message, id);
        message[2] = 1; // recursion desired
        message[5] = 1; // one question
        var at = HeaderBytes;
        foreach (var label in labels)
        {
            message[at++] = (byte)label.Length;
            label.CopyTo(message, at);
            at += label.Length;
        }

        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at + 1), TypeA);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at + 3), ClassIn);
        return message;
    }

    private static DnsReply Decode(ReadOnlySpan<byte> message)
    {
        var code = message[3] & 0xF;
        var answers = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        var at = SkipName(message, HeaderBytes) + 4;
        var addresses = new List<IPAddress>();
        uint ttl = 0;
        for (var i = 0; i < answers; i++)
        {
            at = SkipName(message, at);
            var type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
            if (type == TypeA && length == 4)
            {
                ttl = addresses.Count == 0 ? BinaryPrimitives.ReadUInt32BigEndian(message[(at + 4)..]) : ttl;
                addresses.Add(new IPAddress(message.Slice(at + 10, 4)));
            }

            at += 10 + length;
        }

        return new DnsReply(code < Codes.Length ? Codes[code] : $"RCODE {code}", addresses, ttl);
    }

    /// <summary>Over labels to the root, or to a pointer, which ends a name.</summary>
    private static int SkipName(ReadOnlySpan<byte> message, int at)
    {
        while (message[at] != 0)
        {
            if (message[at] >= 0xC0)
            {
                return at + 2;
            }

            at += message[at] + 1;
        }

        return at + 1;
    }
}
