using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mano.Chaos.Truth;

/// <summary>Asks a DNS server for an address, as a user's resolver would.</summary>
internal static class DnsQuestion
{
    private const int HeaderBytes = 12;
    private static readonly TimeSpan TryTime = TimeSpan.FromSeconds(2);

    /// <summary>Whether the name has an address. Throws a TimeoutException without an answer.</summary>
    public static async Task<bool> Resolves(IPEndPoint server, string name, CancellationToken cancel)
    {
        using var udp = new UdpClient(AddressFamily.InterNetwork);
        udp.Connect(server);
        var question = Encode(name);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                await udp.SendAsync(question, cancel);
                var answer = (await udp.ReceiveAsync(cancel).AsTask().WaitAsync(TryTime, TimeProvider.System, cancel)).Buffer;
                return (answer[3] & 0xF) == 0 && BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(6)) > 0;
            }
            catch (Exception e) when (e is TimeoutException or SocketException)
            {
                // UDP loses, and a server may have been away; again.
            }
        }

        throw new TimeoutException($"The DNS server at {server} did not answer.");
    }

    private static byte[] Encode(string name)
    {
        using var message = new MemoryStream();
        message.Write([0x4d, 0x41, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0], 0, HeaderBytes); // one question, recursion desired
        foreach (var label in name.Split('.'))
        {
            message.WriteByte((byte)label.Length);
            message.Write(Encoding.ASCII.GetBytes(label));
        }

        message.Write([0, 0, 1, 0, 1]); // root; type A, class IN
        return message.ToArray();
    }
}
