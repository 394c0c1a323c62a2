using System.Net;
using System.Net.Sockets;
using Mano.MecPlatform.Dns;
using Microsoft.Extensions.Logging;

namespace Mano.MecPlatform.Tests.Dns;

/// <summary>What hostile, broken or unlucky messages do to the embedded server: nothing.</summary>
public sealed class DnsHardeningTests
{
    [Fact]
    public async Task No_query_whatever_makes_the_responder_throw_or_answer_other_than_DNS_asks()
    {
        var table = new DnsTable();
        table.Apply("app-1", [.. Enumerable.Range(1, 90).Select(i => RunningResponder.Entry("shop.edge.example", $"10.0.0.{i}", 30, $"r{i}"))]);
        var options = new DnsOptions { Zones = [RunningResponder.Name("edge.example")] };
        using var forwarder = new DnsForwarder(null, options.UpstreamTimeout, TimeProvider.System);
        var responder = new DnsResponder(table, options, forwarder, new());
        var random = new Random(20_26);
        byte[][] seeds =
        [
            RawDns.Query(7, "shop.Edge.Example", DnsType.A, ednsSize: 4096), RawDns.Query(8, "shop.edge.example", DnsType.Any),
            RawDns.Query(9, "edge.example", DnsType.Soa), RawDns.Query(10, "none.edge.example", DnsType.Aaaa, ednsSize: 512), Compressed(),
        ];
        for (var i = 0; i < 100_000; i++)
        {
            var query = Mutated(random, seeds[i % seeds.Length]);
            foreach (var tcp in (bool[])[false, true])
            {
                var answer = await responder.Answer(query, tcp, CancellationToken.None);
                if (answer is null)
                {
                    continue;
                }

                Assert.True(answer.AsSpan(0, 2).SequenceEqual(query.AsSpan(0, 2)), "the id is the query's");
                Assert.NotEqual(0, answer[2] & 0x80);
                Assert.True(tcp || answer.Length <= DnsWire.UdpSize, $"{answer.Length} bytes over UDP");
                Assert.NotNull(DnsResponseReader.Read(answer));
            }
        }
    }

    [Fact]
    public void No_response_whatever_makes_a_reader_throw_or_hang()
    {
        var random = new Random(5452);
        var query = DnsQueryReader.Read(RawDns.Query(7, "a.b.c.edge.example", DnsType.A, ednsSize: 1232)).Query!;
        DnsAddress[] addresses = [.. Enumerable.Range(1, 9).Select(i => new DnsAddress(new IPAddress([10, 0, 0, (byte)i]), 30))];
        byte[][] seeds =
        [
            DnsResponseWriter.Write(query, DnsAnswer.Found(addresses), true, 65535), DnsResponseWriter.Write(query, DnsAnswer.NoSuchName(RunningResponder.Name("edge.example")), true, 65535), Compressed(),
        ];
        var asked = RawDns.Query(7, "a.b.c.edge.example", DnsType.A);
        for (var i = 0; i < 200_000; i++)
        {
            var bytes = Mutated(random, seeds[i % seeds.Length]);
            DnsResponseReader.Read(bytes);
            DnsForwarder.Answers(asked, bytes);
        }
    }

    [Fact]
    public void Thousands_of_records_that_each_follow_thousands_of_pointers_are_refused_not_followed()
    {
        // 8,000 pointers, each to the one before, and then records whose name is the last of them.
        var message = new List<byte> { 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 1 };
        var last = 12; // the root of the question
        while (message.Count < 16_000)
        {
            (var here, _) = (message.Count, last);
            message.AddRange([(byte)(0xc0 | (last >> 8)), (byte)last]);
            last = here;
        }

        // As data of one record, so that the reader walks over it.
        byte[] head = [.. message.Take(17), 0, 0, 16, 0, 1, 0, 0, 0, 0, (byte)((message.Count - 17) >> 8), (byte)(message.Count - 17)];
        var shift = head.Length - 17;
        var chain = new List<byte>(head);
        for (var at = 17; at < message.Count; at += 2)
        {
            var target = ((message[at] & 0x3f) << 8) | message[at + 1];
            target += target > 12 ? shift : 0;
            chain.AddRange([(byte)(0xc0 | (target >> 8)), (byte)target]);
        }

        var name = chain.Count - 2;
        while (chain.Count < 65_000)
        {
            chain.AddRange([(byte)(0xc0 | (name >> 8)), (byte)name, 0, 16, 0, 1, 0, 0, 0, 0, 0, 0]);
        }

        Assert.Equal(DnsResponseCode.FormatError, DnsQueryReader.Read(chain.ToArray()).Refusal);
        var position = name;
        Assert.False(DnsNameReader.TryRead(chain.ToArray(), ref position, out _));
        position = 12 + 5 + 11; // the first pointer alone is fine
        Assert.True(DnsNameReader.TryRead(chain.ToArray(), ref position, out _));
    }

    [Fact]
    public void An_answer_counts_only_if_it_repeats_id_and_question()
    {
        var query = RawDns.Query(0x0102, "www.Example.org", DnsType.A);
        Assert.True(Answers(_ => { }));
        Assert.True(Answers(b => b[13] = (byte)'W'), "letter case does not matter");
        Assert.False(Answers(b => b[1]++), "another id");
        Assert.False(Answers(b => b[2] &= 0x7f), "a query");
        Assert.False(Answers(b => b[14] = (byte)'x'), "another name");
        Assert.False(Answers(b => b[^3] = 28), "another type");
        Assert.False(Answers(b => b[^1] = 3), "another class");
        Assert.False(Answers(b => b[5] = 0), "no question");
        Assert.True(Answers(b => (b[5], b[3]) = (0, 1)), "no question, because it could not read ours");
        Assert.False(Answers(b => b[5] = 2), "two questions");

        bool Answers(Action<byte[]> change)
        {
            byte[] answer = [.. query];
            answer[2] |= 0x80;
            change(answer);
            return DnsForwarder.Answers(query, answer);
        }
    }

    [Fact]
    public async Task The_start_of_authority_of_a_zone_is_an_answer_when_it_is_asked_for_and_authority_when_there_is_none()
    {
        await using var responder = await RunningResponder.Start(new(), new() { Zones = [RunningResponder.Name("edge.example")] });
        Assert.Equal((0, 1, 0), await Counts("edge.example", DnsType.Soa));
        Assert.Equal((0, 0, 1), await Counts("edge.example", DnsType.A));
        Assert.Equal((3, 0, 1), await Counts("x.edge.example", DnsType.Soa));

        async Task<(int Code, int Answers, int Authority)> Counts(string name, DnsType type)
        {
            var answer = await RawDns.AskUdp(responder.Address, RawDns.Query(1, name, type));
            return (RawDns.CodeOf(answer), answer[7], answer[9]);
        }
    }

    [Fact]
    public void A_name_above_an_active_one_exists_as_long_as_that_is_active()
    {
        var table = new DnsTable();
        DomainName[] zones = [RunningResponder.Name("edge.example")];
        table.Apply("app-1", [RunningResponder.Entry("a.b.c.edge.example", "10.0.0.1"), RunningResponder.Entry("d.b.c.edge.example", "10.0.0.1")]);
        Assert.Equal(DnsResponseCode.NoError, Code("c.edge.example"));
        Assert.Equal(DnsResponseCode.NameError, Code("x.b.c.edge.example"));
        table.Apply("app-1", [RunningResponder.Entry("d.b.c.edge.example", "10.0.0.2")]);
        Assert.Equal(DnsResponseCode.NoError, Code("b.c.edge.example"));
        Assert.Equal(DnsResponseCode.NameError, Code("a.b.c.edge.example"));
        table.Apply("app-1", []);
        Assert.Equal(DnsResponseCode.NameError, Code("c.edge.example"));
        Assert.Empty(table.Current.Below);

        DnsResponseCode Code(string name) =>
            DnsDecision.Decide(DnsQueryReader.Read(RawDns.Query(1, name, DnsType.A)).Query!, table.Current, zones, hasUpstream: false)!.Code;
    }

    [Fact]
    public void Addresses_of_one_name_and_type_have_the_shortest_of_their_rules_TTLs()
    {
        var table = new DnsTable();
        table.Apply("app-1", [
            RunningResponder.Entry("x.example", "10.0.0.1", 60), RunningResponder.Entry("x.example", "10.0.0.2", 5),
            RunningResponder.Entry("x.example", "10.0.0.1", 9), RunningResponder.Entry("x.example", "2001:db8::1", 90)]);
        Assert.Equal(
            [("10.0.0.1", 5u), ("10.0.0.2", 5u), ("2001:db8::1", 90u)],
            table.Current.Active[RunningResponder.Name("x.example")].Select(a => (a.Address.ToString(), a.TtlSeconds)));
    }

    [Fact]
    public void A_flood_of_failures_is_one_line_in_ten_seconds()
    {
        var (clock, log) = (new ManualClock(), new Lines());
        var complaints = new DnsComplaints(log, clock);
        for (var i = 0; i < 1000; i++)
        {
            complaints.ReceiveFailed(SocketError.NoBufferSpaceAvailable);
        }

        Assert.Single(log.All);
        clock.Advance(TimeSpan.FromSeconds(10));
        complaints.ReceiveFailed(SocketError.NoBufferSpaceAvailable);
        Assert.Contains("999 more", log.All[1], StringComparison.Ordinal);
        complaints.AnswerFailed(new InvalidOperationException("a bug"));
        Assert.Equal(3, log.All.Count);
    }

    /// <summary>A query whose additional section has names that point into one another.</summary>
    private static byte[] Compressed()
    {
        byte[] query = RawDns.Query(11, "a.edge.example", DnsType.A);
        query[11] = 3;
        byte[] record = [0xc0, 14, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 10, 0, 0, 1];
        byte[] longer = [1, (byte)'b', 0xc0, (byte)query.Length, 0, 16, 0, 1, 0, 0, 0, 5, 0, 0];
        return [.. query, .. record, .. longer, 0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0];
    }

    private static byte[] Mutated(Random random, byte[] seed)
    {
        var bytes = random.Next(4) == 0 ? seed[..random.Next(12, seed.Length + 1)] : [.. seed];
        for (var i = random.Next(0, 5); i > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = random.Next(3) switch { 0 => (byte)random.Next(256), 1 => 0xc0, _ => (byte)random.Next(bytes.Length) };
        }

        return bytes;
    }

    private sealed class Lines : ILogger
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Add(formatter(state, exception));
    }
}
