using System.Net;
using System.Net.Sockets;
using Mano.MecPlatform.Dns;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.MecPlatform.Tests.Dns;

public sealed class DnsServerTests : IAsyncLifetime, IDisposable
{
    private readonly DnsTable table = new();
    private readonly FakeUpstream upstream = new();
    private readonly ManualClock clock = new();
    private Server alone = null!;
    private Server forwarding = null!;

    public async Task InitializeAsync()
    {
        alone = await Server.Start(table, new() { Zones = [Name("edge.example")] });
        forwarding = await Server.Start(table, new() { Upstream = upstream.Address, UpstreamTimeout = TimeSpan.FromSeconds(4) }, clock);
        table.Claim("app-1", [Name("shop.example"), Name("six.edge.example")]);
        table.Apply("app-1", [Entry("shop.example", "127.0.1.7", 100), Entry("six.edge.example", "2001:db8::7", 5)]);
        table.Claim("app-2", [Name("later.example")]);
    }

    public async Task DisposeAsync()
    {
        await alone.Stop();
        await forwarding.Stop();
    }

    public void Dispose() => upstream.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_active_rule_answers_with_its_address_over_UDP_and_TCP(bool tcp)
    {
        var response = await Ask(alone, "SHOP.example", DnsType.A, tcp);
        Assert.Equal(IPAddress.Parse("127.0.1.7"), Assert.Single(DnsResponseReader.Read(response)!.Addresses));
        Assert.True(RawDns.IsAuthoritative(response));
        Assert.False(RawDns.OffersRecursion(response));
        Assert.True(response.AsSpan().IndexOf("SHOP"u8) > 0, "the question keeps its letter case");
        Assert.Equal(100, TtlOf(response));
    }

    [Fact]
    public async Task An_IPv6_rule_answers_AAAA_alone()
    {
        Assert.Equal(IPAddress.Parse("2001:db8::7"), Assert.Single(Read(await Ask(alone, "six.edge.example", DnsType.Aaaa)).Addresses));
        var none = await Ask(alone, "six.edge.example", DnsType.A);
        Assert.Equal((0, 0), (RawDns.CodeOf(none), Read(none).Addresses.Count));
        Assert.True(RawDns.IsAuthoritative(none));
        Assert.Equal(1, none[9]); // the SOA of RFC 2308
    }

    [Fact]
    public async Task A_name_of_our_own_zone_without_a_rule_does_not_exist_and_its_parents_do()
    {
        Assert.Equal(3, RawDns.CodeOf(await Ask(alone, "nobody.edge.example", DnsType.A)));
        Assert.Equal(0, RawDns.CodeOf(await Ask(alone, "edge.example", DnsType.A)));
    }

    [Fact]
    public async Task A_rule_that_is_not_active_does_not_exist_here_but_goes_to_the_upstream_where_there_is_one()
    {
        Assert.Equal(3, RawDns.CodeOf(await Ask(alone, "later.example", DnsType.A)));
        Assert.Equal(FakeUpstream.Answer, Assert.Single(Read(await Ask(forwarding, "later.example", DnsType.A)).Addresses));
    }

    [Fact]
    public async Task Foreign_names_are_refused_without_an_upstream_and_forwarded_with_one()
    {
        Assert.Equal(5, RawDns.CodeOf(await Ask(alone, "www.example.org", DnsType.A)));
        foreach (var tcp in (bool[])[false, true])
        {
            var response = await Ask(forwarding, "www.example.org", DnsType.A, tcp);
            Assert.Equal(FakeUpstream.Answer, Assert.Single(Read(response).Addresses));
            Assert.True(RawDns.OffersRecursion(response));
            Assert.Equal(0x0102, (response[0] << 8) | response[1]);
        }
    }

    [Fact]
    public async Task An_answer_that_the_upstream_truncates_is_fetched_over_TCP_and_told_to_be_asked_for_over_TCP()
    {
        var cut = await Ask(forwarding, "big.example.org", DnsType.A);
        Assert.True(RawDns.IsTruncated(cut));
        var whole = await Ask(forwarding, "big.example.org", DnsType.A, tcp: true);
        Assert.Equal(60, Read(whole).Addresses.Count);
        Assert.True(upstream.TcpQueries > 0);
    }

    [Fact]
    public async Task A_silent_upstream_gives_SERVFAIL_and_holds_nobody_else_up()
    {
        var waiting = Ask(forwarding, "silent.example.org", DnsType.A);
        Assert.Equal(0, RawDns.CodeOf(await Ask(forwarding, "shop.example", DnsType.A)));
        foreach (var asked in (int[])[1, 2])
        {
            await Eventually.Is(() => upstream.Unanswered == asked);
            clock.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(2, RawDns.CodeOf(await waiting));
    }

    [Fact]
    public async Task A_lost_query_is_asked_again()
    {
        var answer = Ask(forwarding, "lost-once.example.org", DnsType.A);
        await Eventually.Is(() => upstream.Unanswered == 1);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(FakeUpstream.Answer, Assert.Single(Read(await answer).Addresses));
    }

    [Fact]
    public async Task A_forged_answer_with_another_id_is_ignored()
    {
        Assert.Equal(FakeUpstream.Answer, Assert.Single(Read(await Ask(forwarding, "forged.example.org", DnsType.A)).Addresses));
    }

    [Fact]
    public async Task EDNS_is_answered_with_EDNS_and_a_newer_version_with_BADVERS()
    {
        var response = await RawDns.AskUdp(alone.Address, RawDns.Query(1, "shop.example", DnsType.A, ednsSize: 4096));
        Assert.Equal(1, response[11]);
        var newer = RawDns.Query(1, "shop.example", DnsType.A, ednsSize: 4096);
        newer[^5] = 1;
        var refused = await RawDns.AskUdp(alone.Address, newer);
        Assert.Equal(0, RawDns.CodeOf(refused));
        Assert.Equal(1, refused[^6]); // the upper bits of 16, BADVERS
    }

    [Fact]
    public async Task ANY_is_answered_with_one_set_and_a_zone_transfer_refused()
    {
        Assert.Single(Read(await Ask(alone, "shop.example", DnsType.Any)).Addresses);
        Assert.Equal(5, RawDns.CodeOf(await Ask(alone, "shop.example", DnsType.Axfr, tcp: true)));
        Assert.Equal(5, RawDns.CodeOf(await RawDns.AskUdp(alone.Address, RawDns.Query(1, "version.bind", (DnsType)16, @class: 3))));
    }

    [Fact]
    public async Task Many_addresses_are_cut_over_UDP_and_whole_over_TCP()
    {
        table.Apply("app-3", [.. Enumerable.Range(1, 60).Select(i => Entry("wide.example", $"127.0.3.{i}", 9, $"r{i}"))]);
        var cut = await Ask(alone, "wide.example", DnsType.A);
        Assert.True(RawDns.IsTruncated(cut));
        Assert.Equal(60, Read(await Ask(alone, "wide.example", DnsType.A, tcp: true)).Addresses.Count);
        Assert.Equal(60, Read(await RawDns.AskUdp(alone.Address, RawDns.Query(1, "wide.example", DnsType.A, ednsSize: 4096))).Addresses.Count);
    }

    [Fact]
    public async Task Garbage_does_not_stop_the_next_query()
    {
        using var socket = new UdpClient();
        socket.Connect(alone.Address);
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var bytes = new byte[random.Next(0, 64)];
            random.NextBytes(bytes);
            await socket.SendAsync(bytes);
        }

        using var tcp = new TcpClient();
        await tcp.ConnectAsync(alone.Address);
        await tcp.GetStream().WriteAsync(new byte[] { 0xff, 0xff, 1, 2, 3 });
        Assert.Equal(0, RawDns.CodeOf(await Ask(alone, "shop.example", DnsType.A)));
        Assert.Equal(0, RawDns.CodeOf(await Ask(alone, "shop.example", DnsType.A, tcp: true)));
    }

    [Fact]
    public async Task One_TCP_connection_carries_several_queries()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(alone.Address);
        for (var i = 0; i < 3; i++)
        {
            await DnsFraming.Write(client.GetStream(), RawDns.Query(i, "shop.example", DnsType.A), CancellationToken.None);
            var response = await DnsFraming.Read(client.GetStream(), CancellationToken.None).Soon();
            Assert.Equal(i, Read(response!).Id);
        }
    }

    [Fact]
    public void A_name_that_another_instance_holds_cannot_be_claimed()
    {
        Assert.Equal((Name("shop.example"), "app-1"), table.Claim("app-9", [Name("free.example"), Name("shop.example")]));
        Assert.Null(table.Claim("app-9", [Name("free.example")]));
        table.Claim("app-1", []);
        Assert.Null(table.Claim("app-9", [Name("shop.example")]));
    }

    private static DomainName Name(string text) => DomainName.TryParse(text, out var name, out var fault) ? name : throw new FormatException(fault);

    private static DnsEntry Entry(string name, string address, uint ttl, string rule = "rule") => new(rule, Name(name), new(IPAddress.Parse(address), ttl));

    private static DnsResponse Read(byte[] response) => DnsResponseReader.Read(response)!;

    private static int TtlOf(byte[] response)
    {
        var at = DnsWire.HeaderLength;
        Assert.True(DnsNameReader.TryRead(response, ref at, out _));
        at += 4;
        Assert.True(DnsRecordReader.TryRead(response, ref at, out var record));
        return (int)record.Ttl;
    }

    private static Task<byte[]> Ask(Server server, string name, DnsType type, bool tcp = false)
    {
        var query = RawDns.Query(0x0102, name, type);
        return tcp ? RawDns.AskTcp(server.Address, query) : RawDns.AskUdp(server.Address, query);
    }

    private sealed record Server(DnsServer Dns, DnsForwarder Forwarder)
    {
        public IPEndPoint Address => Dns.Address;

        public static async Task<Server> Start(DnsTable table, DnsOptions options, TimeProvider? clock = null)
        {
            var forwarder = new DnsForwarder(options.Upstream, options.UpstreamTimeout, clock ?? TimeProvider.System);
            var responder = new DnsResponder(table, options, forwarder, new());
            var server = new DnsServer(responder, options, clock ?? TimeProvider.System, NullLogger<DnsServer>.Instance);
            await server.StartAsync(CancellationToken.None);
            return new(server, forwarder);
        }

        public async Task Stop()
        {
            await Dns.StopAsync(CancellationToken.None);
            Dns.Dispose();
            Forwarder.Dispose();
        }
    }
}
