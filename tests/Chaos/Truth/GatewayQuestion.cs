using System.Net;
using System.Net.Sockets;

namespace Mano.Chaos.Truth;

/// <summary>Asks a site's gateway for a connection, as a user's device would (SOCKS 5, RFC 1928).</summary>
internal static class GatewayQuestion
{
    private const byte NotAllowed = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Whether a traffic rule lets it through. Nothing listens behind a simulated compute, so that "refused there" is as good as "connected".</summary>
    public static async Task<bool> LetsThrough(IPEndPoint gateway, string address, int port, CancellationToken cancel)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        late.CancelAfter(Patience);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(gateway, late.Token);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(new byte[] { 5, 1, 0 }, late.Token);
        var reply = new byte[10];
        await stream.ReadExactlyAsync(reply.AsMemory(0, 2), late.Token);
        byte[] request = [5, 1, 0, 1, .. IPAddress.Parse(address).GetAddressBytes(), (byte)(port >> 8), (byte)port];
        await stream.WriteAsync(request, late.Token);
        await stream.ReadExactlyAsync(reply, late.Token);
        return reply[1] != NotAllowed;
    }
}
