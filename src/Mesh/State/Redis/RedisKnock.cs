using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Mano.Mesh.State.Redis;

/// <summary>
/// Asks a server, over a socket of its own, whether it takes commands. StackExchange.Redis would find out, too, but says
/// of one that loads its data, or of a name whose first address does not listen, only that its time was up.
/// </summary>
internal static class RedisKnock
{
    /// <summary>The address that answered, or what it refuses with, as Redis spells it.</summary>
    /// <exception cref="SocketException">Nobody is there.</exception>
    public static async Task<(IPEndPoint At, string? Error)> Ask(DnsEndPoint server, RedisStoreOptions options, RedisTrust trust, CancellationToken cancel)
    {
        using var client = new TcpClient { NoDelay = true };
        if (IPAddress.TryParse(server.Host, out var address))
        {
            await client.ConnectAsync(new IPEndPoint(address, server.Port), cancel);
        }
        else
        {
            await client.ConnectAsync(server.Host, server.Port, cancel);
        }

        await using var stream = options.Tls ? await Secured(client, server.Host, trust, cancel) : client.GetStream();
        var command = new StringBuilder();
        if (options.Password is { } password)
        {
            Append(command, "AUTH", password);
        }

        Append(command, "PING");
        await stream.WriteAsync(Encoding.UTF8.GetBytes(command.ToString()), cancel);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        string? error = null;
        for (var replies = options.Password is null ? 1 : 2; replies > 0 && error is null; replies--)
        {
            var line = await reader.ReadLineAsync(cancel) ?? throw new IOException("it closes the connection.");
            error = line.StartsWith('-') ? line[1..] : null;
        }

        var at = (IPEndPoint)client.Client.RemoteEndPoint!;
        return (at.Address.IsIPv4MappedToIPv6 ? new(at.Address.MapToIPv4(), at.Port) : at, error);
    }

    private static async Task<Stream> Secured(TcpClient client, string host, RedisTrust trust, CancellationToken cancel)
    {
        var secured = new SslStream(client.GetStream());
        await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host, RemoteCertificateValidationCallback = trust.Accepts }, cancel);
        return secured;
    }

    private static void Append(StringBuilder command, params ReadOnlySpan<string> words)
    {
        command.Append('*').Append(words.Length).Append("\r\n");
        foreach (var word in words)
        {
            command.Append('$').Append(Encoding.UTF8.GetByteCount(word)).Append("\r\n").Append(word).Append("\r\n");
        }
    }
}
