using System.Net;
using System.Net.Sockets;
using Mano.MecPlatform.Dns;

namespace Mano.MecPlatform.Tests.Dns;

/// <summary>An upstream that misbehaves by the name it is asked for: silent., lost-once., forged., big.</summary>
internal sealed class FakeUpstream : IDisposable
{
    public static readonly IPAddress Answer = IPAddress.Parse("192.0.2.53");

    private readonly CancellationTokenSource stop = new();
    private readonly TcpListener tcp;
    private readonly UdpClient udp;
    private int unanswered;
    private int lost;
    private int tcpQueries;

    public FakeUpstream()
    {
        (tcp, udp) = Listen();
        _ = ServeUdp();
        _ = ServeTcp();
    }

    public IPEndPoint Address => (IPEndPoint)tcp.LocalEndpoint;

    /// <summary>How many queries it got and kept silent about.</summary>
    public int Unanswered => Volatile.Read(ref unanswered);

    public int TcpQueries => Volatile.Read(ref tcpQueries);

    public void Dispose()
    {
        stop.Cancel();
        tcp.Dispose();
        udp.Dispose();
        stop.Dispose();
    }

    /// <summary>The number that the system chose for TCP may be taken for UDP: then another.</summary>
    private static (TcpListener Tcp, UdpClient Udp) Listen()
    {
        while (true)
        {
            var tcp = new TcpListener(IPAddress.Loopback, 0);
            tcp.Start();
            try
            {
                return (tcp, new((IPEndPoint)tcp.LocalEndpoint));
            }
            catch (SocketException)
            {
                tcp.Dispose();
            }
        }
    }

    private async Task ServeUdp()
    {
        while (!stop.IsCancellationRequested)
        {
            var received = await udp.ReceiveAsync(stop.Token);
            var query = DnsQueryReader.Read(received.Buffer).Query!;
            var name = query.Question.Name.Text;
            if (name.StartsWith("silent.", StringComparison.Ordinal) || (name.StartsWith("lost-once.", StringComparison.Ordinal) && lost++ == 0))
            {
                Interlocked.Increment(ref unanswered);
                continue;
            }

            var response = Respond(query, limit: 512);
            if (name.StartsWith("forged.", StringComparison.Ordinal))
            {
                var forged = DnsResponseWriter.Write(query, DnsAnswer.Found([new(IPAddress.Parse("6.6.6.6"), 1)]), true, 512);
                forged[1]++;
                await udp.SendAsync(forged, received.RemoteEndPoint, stop.Token);
            }

            await udp.SendAsync(response, received.RemoteEndPoint, stop.Token);
        }
    }

    private async Task ServeTcp()
    {
        while (!stop.IsCancellationRequested)
        {
            using var client = await tcp.AcceptTcpClientAsync(stop.Token);
            if (await DnsFraming.Read(client.GetStream(), stop.Token) is { } query)
            {
                Interlocked.Increment(ref tcpQueries);
                await DnsFraming.Write(client.GetStream(), Respond(DnsQueryReader.Read(query).Query!, 65535), stop.Token);
            }
        }
    }

    private static byte[] Respond(DnsQuery query, int limit)
    {
        DnsAddress[] addresses = query.Question.Name.Text.StartsWith("big.", StringComparison.Ordinal)
            ? [.. Enumerable.Range(0, 60).Select(i => new DnsAddress(new IPAddress([192, 0, 2, (byte)i]), 60))]
            : [new(Answer, 60)];
        return DnsResponseWriter.Write(query, DnsAnswer.Found(addresses), recursionAvailable: true, limit);
    }
}
