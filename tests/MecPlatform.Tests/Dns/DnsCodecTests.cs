using System.Buffers.Binary;
using System.Net;
using Mano.MecPlatform.Dns;

namespace Mano.MecPlatform.Tests.Dns;

public sealed class DnsCodecTests
{
    [Fact]
    public void No_bytes_whatever_make_a_reader_throw_or_hang()
    {
        var random = new Random(4711);
        var seedQuery = RawDns.Query(7, "app.Edge.Example", DnsType.A, ednsSize: 4096);
        for (var i = 0; i < 200_000; i++)
        {
            var bytes = i % 2 == 0 ? RandomBytes(random) : Mutated(random, seedQuery);
            DnsQueryReader.Read(bytes);
            DnsResponseReader.Read(bytes);
        }
    }

    [Fact]
    public void A_query_is_read_with_its_name_in_lower_case_and_its_question_as_sent()
    {
        var bytes = RawDns.Query(0x1234, "WwW.eXample.COM", DnsType.Aaaa);
        var query = DnsQueryReader.Read(bytes).Query!;
        Assert.Equal(0x1234, query.Id);
        Assert.Equal("www.example.com", query.Question.Name.Text);
        Assert.Equal(DnsType.Aaaa, query.Question.Type);
        Assert.True(query.QuestionBytes.Span.IndexOf("eXample"u8) > 0);
        Assert.True(query.RecursionDesired);
    }

    [Fact]
    public void A_name_that_points_at_itself_is_a_format_error()
    {
        byte[] bytes = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1];
        Assert.Equal(DnsResponseCode.FormatError, DnsQueryReader.Read(bytes).Refusal);
    }

    [Fact]
    public void A_chain_of_pointers_forward_is_a_format_error()
    {
        byte[] bytes = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, (byte)'a', 0xc0, 16, 0xc0, 14, 0, 1, 0, 1];
        Assert.Equal(DnsResponseCode.FormatError, DnsQueryReader.Read(bytes).Refusal);
    }

    [Fact]
    public void A_name_longer_than_255_octets_is_a_format_error()
    {
        var name = string.Join('.', Enumerable.Repeat(new string('a', 60), 5));
        Assert.Equal(DnsResponseCode.FormatError, DnsQueryReader.Read(RawDns.Query(1, name, DnsType.A)).Refusal);
    }

    [Fact]
    public void Two_questions_are_a_format_error()
    {
        var bytes = RawDns.Query(1, "a.example", DnsType.A);
        bytes[5] = 2;
        Assert.Equal(DnsResponseCode.FormatError, DnsQueryReader.Read(bytes).Refusal);
    }

    [Fact]
    public void An_update_is_not_implemented()
    {
        var bytes = RawDns.Query(1, "a.example", DnsType.A);
        bytes[2] |= 5 << 3;
        Assert.Equal(DnsResponseCode.NotImplemented, DnsQueryReader.Read(bytes).Refusal);
    }

    [Fact]
    public void A_response_and_a_stump_are_met_with_silence()
    {
        var bytes = RawDns.Query(1, "a.example", DnsType.A);
        Assert.Equal(DnsReading.Silence, DnsQueryReader.Read(bytes.AsMemory(0, 11)));
        bytes[2] |= 0x80;
        Assert.Equal(DnsReading.Silence, DnsQueryReader.Read(bytes));
    }

    [Fact]
    public void An_escaped_dot_inside_a_label_is_not_a_separator()
    {
        byte[] bytes = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, (byte)'a', (byte)'.', (byte)'b', 0, 0, 1, 0, 1];
        Assert.Equal("a\\046b", DnsQueryReader.Read(bytes).Query!.Question.Name.Text);
    }

    [Fact]
    public void What_is_written_reads_back_the_same_for_any_addresses()
    {
        var random = new Random(815);
        for (var i = 0; i < 2_000; i++)
        {
            var type = random.Next(2) == 0 ? DnsType.A : DnsType.Aaaa;
            var addresses = Enumerable.Range(0, random.Next(1, 9)).Select(_ => new DnsAddress(RandomAddress(random, type), (uint)random.Next())).ToArray();
            var query = DnsQueryReader.Read(RawDns.Query(random.Next(65536), "x.example", type, ednsSize: 1232)).Query!;
            var bytes = DnsResponseWriter.Write(query, DnsAnswer.Found(addresses), recursionAvailable: false, limit: 65535);
            var response = DnsResponseReader.Read(bytes)!;
            Assert.Equal(query.Id, response.Id);
            Assert.Equal(addresses.Select(a => a.Address), response.Addresses);
        }
    }

    [Fact]
    public void An_answer_that_does_not_fit_is_cut_to_its_head_with_TC()
    {
        var addresses = Enumerable.Range(0, 100).Select(i => new DnsAddress(new IPAddress([10, 0, 0, (byte)i]), 30)).ToArray();
        var query = DnsQueryReader.Read(RawDns.Query(1, "x.example", DnsType.A)).Query!;
        var bytes = DnsResponseWriter.Write(query, DnsAnswer.Found(addresses), false, query.UdpLimit);
        Assert.True(bytes.Length <= 512);
        var response = DnsResponseReader.Read(bytes)!;
        Assert.True(response.Truncated);
        Assert.Empty(response.Addresses);
    }

    [Theory]
    [InlineData("http://www.example.com", "www.example.com")]
    [InlineData("WWW.Example.Com.", "www.example.com")]
    [InlineData("_sip.edge-1.example", "_sip.edge-1.example")]
    public void A_rule_may_spell_its_name_so(string written, string meant)
    {
        Assert.True(DomainName.TryParse(written, out var name, out _));
        Assert.Equal(meant, name.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("*.example.com")]
    [InlineData("a..b")]
    [InlineData("-a.example")]
    [InlineData("bücher.example")]
    [InlineData("a b.example")]
    public void A_rule_may_not_spell_its_name_so(string written)
    {
        Assert.False(DomainName.TryParse(written, out _, out var fault));
        Assert.Contains($"'{written}'", fault, StringComparison.Ordinal);
    }

    private static byte[] RandomBytes(Random random)
    {
        var bytes = new byte[random.Next(0, 80)];
        random.NextBytes(bytes);
        if (bytes.Length > 5)
        {
            bytes[2] &= 0x07; // else nearly all would end at the first flag
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), 1);
        }

        return bytes;
    }

    private static byte[] Mutated(Random random, byte[] query)
    {
        var bytes = query.AsSpan(0, random.Next(12, query.Length + 1)).ToArray();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }

    private static IPAddress RandomAddress(Random random, DnsType type)
    {
        var bytes = new byte[type == DnsType.A ? 4 : 16];
        random.NextBytes(bytes);
        return new(bytes);
    }
}
