using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Mano.MecPlatform.Dns.Backends;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Dns.Dnsmasq;

/// <summary>Asks a dnsmasq as a user would, over UDP from one port.</summary>
internal sealed class DnsmasqAsker : IDisposable
{
    private const int ClassChaos = 3;
    private const int Attempts = 3;

    // One that is gone refuses at once, and is not waited for; one that is silent may be on a busy machine.
    private const int AttemptsAlive = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly Socket socket;
    private readonly IPEndPoint server;
    private readonly TimeProvider clock;
    private readonly byte[] buffer = new byte[DnsWire.MaxMessage];
    private bool upstreamIsSilent;

    public DnsmasqAsker(IPEndPoint server, TimeProvider clock)
    {
        (this.server, this.clock) = (server, clock);
        socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(server);
    }

    /// <summary>Asks what only itself can answer.</summary>
    /// <exception cref="FailureException">It does not.</exception>
    public async Task RequireAlive(CancellationToken cancel)
    {
        for (var attempt = 1; attempt <= AttemptsAlive; attempt++)
        {
            if (await Exchange(id => DnsQueryWriter.Write(id, DomainName.FromWire("version.bind"), DnsType.Txt, ClassChaos), cancel) is not null)
            {
                return;
            }
        }

        throw Failure.Unavailable("DNS_SERVER_AWAY", $"dnsmasq at {server} does not answer.", "dns-server/dnsmasq").ToException();
    }

    /// <summary>
    /// The addresses as <see cref="RecordSet.Addresses"/> writes them, empty for none; null if there was no answer. It
    /// answers by itself at once for what is in its files, so silence means that it asked its upstream.
    /// </summary>
    public async Task<string?> Ask(DomainName name, DnsType type, CancellationToken cancel)
    {
        for (var attempt = 1; attempt <= (upstreamIsSilent ? 1 : Attempts); attempt++)
        {
            if (await Exchange(id => DnsQueryWriter.Write(id, name, type), cancel) is { } response)
            {
                return RecordSet.Of(name, type, 0, response.Addresses.Where(a => DnsAddress.TypeOf(a) == type)).Addresses;
            }
        }

        upstreamIsSilent = true;
        return null;
    }

    public void Dispose() => socket.Dispose();

    private async Task<DnsResponse?> Exchange(Func<int, byte[]> write, CancellationToken cancel)
    {
        var id = RandomNumberGenerator.GetInt32(0x10000);
        using var late = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            await socket.SendAsync(write(id), SocketFlags.None, either.Token);
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer, SocketFlags.None, either.Token);
                if (DnsResponseReader.Read(buffer.AsSpan(0, length)) is { } response && response.Id == id)
                {
                    return response;
                }
            }
        }
        catch (Exception wrong) when (wrong is SocketException || (wrong is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }
}
