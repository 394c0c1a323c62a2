using System.Net;
using System.Net.Sockets;
using Mano.MecPlatform.Dns;

namespace Mano.MecPlatform.Tests.Dns;

/// <summary>DNS over TCP as RFC 7766 wants it, and as little as it may cost.</summary>
public sealed class DnsTcpTests
{
    private readonly DnsTable table = new();

    public DnsTcpTests() => table.Apply("app-1", [RunningResponder.Entry("shop.example", "127.0.1.7")]);

    [Fact]
    public async Task A_query_that_waits_for_the_upstream_holds_the_next_one_of_its_connection_not_up()
    {
        using var stuck = new TcpListener(IPAddress.Loopback, 0);
        stuck.Start(); // accepts nothing, so an upstream over TCP waits
        var clock = new ManualClock();
        await using var slow = await RunningResponder.Start(table, new() { Upstream = (IPEndPoint)stuck.LocalEndpoint, UpstreamTimeout = TimeSpan.FromSeconds(3) }, clock);
        using var other = await Connect(slow);
        await Send(other, RawDns.Query(3, "www.example.org", DnsType.A));
        await Send(other, RawDns.Query(4, "shop.example", DnsType.A));
        Assert.Equal(4, IdOf((await Receive(other))!));
        clock.Advance(TimeSpan.FromSeconds(3)); // 3 was read before 4: it waits by now
        var late = (await Receive(other))!;
        Assert.Equal((3, 2), (IdOf(late), RawDns.CodeOf(late)));
        Assert.Equal(1, slow.Counters.UnansweredTotal);
    }

    [Fact]
    public async Task A_client_that_says_that_it_asks_no_more_still_gets_its_answers()
    {
        await using var responder = await RunningResponder.Start(table, new());
        using var client = await Connect(responder);
        for (var i = 0; i < 20; i++)
        {
            await Send(client, RawDns.Query(i, "shop.example", DnsType.A));
        }

        var stream = client.GetStream();
        client.Client.Shutdown(SocketShutdown.Send);
        var ids = new List<int>();
        while (await DnsFraming.Read(stream, CancellationToken.None).Soon() is { } answer)
        {
            ids.Add(IdOf(answer));
        }

        Assert.Equal(Enumerable.Range(0, 20), ids.Order());
    }

    [Fact]
    public async Task A_connection_without_a_whole_query_in_ten_seconds_is_closed_and_one_that_asks_is_kept()
    {
        var clock = new ManualClock();
        await using var responder = await RunningResponder.Start(table, new(), clock);
        using var idle = await Connect(responder);
        using var slow = await Connect(responder);
        using var busy = await Connect(responder);
        await Send(slow, RawDns.Query(1, "shop.example", DnsType.A));
        Assert.NotNull(await Receive(slow)); // so both are served by now
        await Send(busy, RawDns.Query(1, "shop.example", DnsType.A));
        Assert.NotNull(await Receive(busy));
        clock.Advance(TimeSpan.FromSeconds(6));
        await slow.GetStream().WriteAsync(new byte[] { 0, 40, 1, 2, 3 });
        await Send(busy, RawDns.Query(2, "shop.example", DnsType.A));
        Assert.NotNull(await Receive(busy));
        clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Null(await Receive(idle));
        Assert.Null(await Receive(slow));
        await Send(busy, RawDns.Query(3, "shop.example", DnsType.A));
        Assert.NotNull(await Receive(busy));
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xff, 1, 2, 3 })]
    [InlineData(new byte[] { 0x10, 0x01 })]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { 0, 3, 1, 2, 3 })]
    public async Task What_cannot_be_a_query_ends_the_connection_at_once(byte[] bytes)
    {
        await using var responder = await RunningResponder.Start(table, new(), new ManualClock());
        using var client = await Connect(responder);
        await client.GetStream().WriteAsync(bytes);
        Assert.Null(await Receive(client));
    }

    [Fact]
    public async Task Clients_that_hold_every_connection_shut_nobody_out()
    {
        var clock = new ManualClock();
        await using var responder = await RunningResponder.Start(table, new(), clock);
        var hoarders = new List<TcpClient>();
        try
        {
            for (var i = 0; i < DnsTcpListener.MaxClients; i++)
            {
                hoarders.Add(await Connect(responder));
                await Send(hoarders[i], RawDns.Query(i, "shop.example", DnsType.A));
                Assert.NotNull(await Receive(hoarders[i])); // so it is served before time goes on, and who was idle longest is certain
                clock.Advance(TimeSpan.FromMilliseconds(1));
            }

            using var client = await Connect(responder);
            await Send(client, RawDns.Query(7, "shop.example", DnsType.A));
            Assert.Equal(7, IdOf((await Receive(client))!));
            using var another = await Connect(responder);
            await Send(another, RawDns.Query(8, "shop.example", DnsType.A));
            Assert.Equal(8, IdOf((await Receive(another))!));
            Assert.Null(await Receive(hoarders[0])); // the places of those that were idle longest
            Assert.Null(await Receive(hoarders[1]));
        }
        finally
        {
            hoarders.ForEach(h => h.Dispose());
        }
    }

    private static async Task<TcpClient> Connect(RunningResponder responder)
    {
        var client = new TcpClient();
        await client.ConnectAsync(responder.Address);
        return client;
    }

    private static Task Send(TcpClient client, byte[] query) => DnsFraming.Write(client.GetStream(), query, CancellationToken.None);

    private static async Task<byte[]?> Receive(TcpClient client)
    {
        try
        {
            return await DnsFraming.Read(client.GetStream(), CancellationToken.None).Soon();
        }
        catch (IOException)
        {
            return null; // reset, where it closed before it had read everything
        }
    }

    private static int IdOf(byte[] message) => (message[0] << 8) | message[1];
}
