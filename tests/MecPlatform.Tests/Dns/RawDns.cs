using System.Net;
using System.Net.Sockets;
using System.Text;
using Mano.MecPlatform.Dns;

namespace Mano.MecPlatform.Tests.Dns;

/// <summary>A DNS client that writes its messages by hand, so that it shares no fault with the code under test.</summary>
internal static class RawDns
{
    public static byte[] Query(int id, string name, DnsType type, int ednsSize = 0, int @class = 1)
    {
        var bytes = new List<byte> { (byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte)(ednsSize > 0 ? 1 : 0) };
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }

        bytes.AddRange([0, (byte)((int)type >> 8), (byte)type, (byte)(@class >> 8), (byte)@class]);
        if (ednsSize > 0)
        {
            bytes.AddRange([0, 0, 41, (byte)(ednsSize >> 8), (byte)ednsSize, 0, 0, 0, 0, 0, 0]);
        }

        return [.. bytes];
    }

    public static async Task<byte[]> AskUdp(IPEndPoint server, byte[] query)
    {
        using var socket = new UdpClient(server.AddressFamily);
        socket.Connect(server);
        await socket.SendAsync(query);
        return (await socket.ReceiveAsync().Soon()).Buffer;
    }

    public static async Task<byte[]> AskTcp(IPEndPoint server, byte[] query)
    {
        using var client = new TcpClient(server.AddressFamily);
        await client.ConnectAsync(server);
        await DnsFraming.Write(client.GetStream(), query, CancellationToken.None);
        return (await DnsFraming.Read(client.GetStream(), CancellationToken.None).Soon())!;
    }

    public static int CodeOf(byte[] response) => response[3] & 0xf;

    public static bool IsAuthoritative(byte[] response) => (response[2] & 4) != 0;

    public static bool IsTruncated(byte[] response) => (response[2] & 2) != 0;

    public static bool OffersRecursion(byte[] response) => (response[3] & 0x80) != 0;
}
