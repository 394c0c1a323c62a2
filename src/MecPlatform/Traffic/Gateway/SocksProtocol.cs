using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mano.MecPlatform.Traffic.Gateway;

/// <summary>Reply codes of RFC 1928 section 6.</summary>
internal enum SocksReply
{
    Succeeded = 0,
    GeneralFailure = 1,
    NotAllowed = 2,
    NetworkUnreachable = 3,
    HostUnreachable = 4,
    ConnectionRefused = 5,
    CommandNotSupported = 7,
    AddressTypeNotSupported = 8,
}

/// <summary>What the client asks for.</summary>
/// <param name="Host">An address, or a name to be resolved here.</param>
/// <param name="Address">Set if an address was given.</param>
/// <param name="Port">1 to 65535.</param>
internal readonly record struct SocksRequest(string Host, IPAddress? Address, int Port);

/// <summary>What came out of reading the client's side of the handshake.</summary>
/// <param name="Request">Set if it asks for a CONNECT.</param>
/// <param name="Refusal">Else the reply to send before closing; null to close without one (it does not speak SOCKS 5).</param>
internal readonly record struct SocksHandshake(SocksRequest? Request, SocksReply? Refusal);

/// <summary>The SOCKS 5 handshake (RFC 1928), without authentication: the gateway stands for the user plane, which has none either.</summary>
internal static class SocksProtocol
{
    private const byte Version = 5;
    private const byte NoAuthentication = 0;
    private const byte NoAcceptableMethod = 0xff;
    private const byte Connect = 1;
    private const byte IPv4 = 1;
    private const byte Name = 3;
    private const byte IPv6 = 4;

    /// <summary>Reads greeting and request, answering the greeting. Throws EndOfStreamException if the client leaves.</summary>
    public static async Task<SocksHandshake> Accept(Stream client, CancellationToken cancel)
    {
        var head = await Take(client, 2, cancel);
        if (head[0] != Version)
        {
            return default;
        }

        var methods = await Take(client, head[1], cancel);
        var method = methods.Contains(NoAuthentication) ? NoAuthentication : NoAcceptableMethod;
        await client.WriteAsync(new byte[] { Version, method }, cancel);
        return method == NoAuthentication ? await AcceptRequest(client, cancel) : default;
    }

    /// <summary>Answers the request. The bound address is of no use to anybody and given as 0.0.0.0:0.</summary>
    public static ValueTask Reply(Stream client, SocksReply reply, CancellationToken cancel) =>
        client.WriteAsync(new byte[] { Version, (byte)reply, 0, IPv4, 0, 0, 0, 0, 0, 0 }, cancel);

    /// <summary>The reply that tells why a connection could not be made.</summary>
    public static SocksReply ReplyTo(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => SocksReply.ConnectionRefused,
        SocketError.NetworkUnreachable or SocketError.NetworkDown => SocksReply.NetworkUnreachable,
        SocketError.HostUnreachable or SocketError.HostDown or SocketError.HostNotFound or SocketError.TimedOut => SocksReply.HostUnreachable,
        _ => SocksReply.GeneralFailure,
    };

    private static async Task<SocksHandshake> AcceptRequest(Stream client, CancellationToken cancel)
    {
        var head = await Take(client, 4, cancel);
        if (head[0] != Version)
        {
            return default;
        }

        // The address is read in any case: a reply before the request has arrived whole would be lost in a reset.
        string host;
        IPAddress? address = null;
        switch (head[3])
        {
            case IPv4 or IPv6:
                address = new(await Take(client, head[3] == IPv4 ? 4 : 16, cancel));
                host = address.ToString();
                break;
            case Name:
                host = Encoding.Latin1.GetString(await Take(client, (await Take(client, 1, cancel))[0], cancel));
                address = IPAddress.TryParse(host, out var literal) ? literal : null;
                break;
            default:
                return new(null, SocksReply.AddressTypeNotSupported);
        }

        var port = BinaryPrimitives.ReadUInt16BigEndian(await Take(client, 2, cancel));
        return head[1] == Connect
            ? new(new(host, address, port), null)
            : new(null, SocksReply.CommandNotSupported);
    }

    private static async Task<byte[]> Take(Stream stream, int count, CancellationToken cancel)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, cancel);
        return bytes;
    }
}
