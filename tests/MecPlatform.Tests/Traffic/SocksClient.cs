using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mano.MecPlatform.Tests.Traffic;

/// <summary>A SOCKS 5 client written by hand.</summary>
internal sealed class SocksClient : IDisposable
{
    private readonly TcpClient tcp;

    private SocksClient(TcpClient tcp) => (this.tcp, Stream) = (tcp, tcp.GetStream());

    public NetworkStream Stream { get; }

    public Socket Socket => tcp.Client;

    public static async Task<SocksClient> Open(IPEndPoint gateway, string? source = null)
    {
        var tcp = source is null ? new TcpClient() : new TcpClient(new IPEndPoint(IPAddress.Parse(source), 0));
        await tcp.ConnectAsync(gateway);
        return new(tcp);
    }

    /// <summary>Greets, asks, and gives the reply code.</summary>
    public async Task<int> Connect(string host, int port, byte command = 1)
    {
        await Stream.WriteAsync(new byte[] { 5, 1, 0 });
        Assert.Equal(new byte[] { 5, 0 }, await Take(2));
        byte[] address = IPAddress.TryParse(host, out var ip)
            ? [(byte)(ip.AddressFamily == AddressFamily.InterNetwork ? 1 : 4), .. ip.GetAddressBytes()]
            : [3, (byte)host.Length, .. Encoding.ASCII.GetBytes(host)];
        await Stream.WriteAsync((byte[])[5, command, 0, .. address, (byte)(port >> 8), (byte)port]);
        return (await Take(10))[1];
    }

    public async Task<byte[]> Take(int count)
    {
        var bytes = new byte[count];
        await Stream.ReadExactlyAsync(bytes).AsTask().Soon();
        return bytes;
    }

    /// <summary>Reads until the other side ends.</summary>
    public async Task<byte[]> TakeAll()
    {
        using var all = new MemoryStream();
        await Stream.CopyToAsync(all).Soon();
        return all.ToArray();
    }

    /// <summary>Whether the connection ends, orderly or not.</summary>
    public async Task Ends()
    {
        try
        {
            while (await Stream.ReadAsync(new byte[4096]).AsTask().Soon() > 0)
            {
                // what is still on the way
            }
        }
        catch (IOException)
        {
            // a reset is an end too
        }
    }

    public void Dispose() => tcp.Dispose();
}
