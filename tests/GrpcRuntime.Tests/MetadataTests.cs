using Google.Protobuf;
using Grpc.Core;
using Probe.V1;

namespace Mano.GrpcRuntime.Tests;

public sealed class MetadataTests
{
    [Fact]
    public async Task Text_and_bytes_go_there_and_come_back_as_headers_and_trailers()
    {
        await using var server = await ProbeServer.StartAsync();
        var bytes = Enumerable.Range(0, 256).Select(b => (byte)b).ToArray();
        var sent = new Metadata { { "echo-text", "a, b; c=d" }, { "Echo-Upper", "1" }, { "echo-bin", bytes }, { "echo-bin", [1] }, { "echo-bin", [] } };
        var call = server.Client.UnaryAsync(new ProbeRequest { EchoMetadata = true }, sent);
        var headers = await call.ResponseHeadersAsync;
        await call;
        foreach (var received in new[] { server.Record.LastHeaders, headers, call.GetTrailers() })
        {
            Assert.Equal("a, b; c=d", received.GetValue("echo-text"));
            Assert.Equal("1", received.GetValue("echo-upper"));
            Assert.Equal([bytes, [1], []], received.GetAll("echo-bin").Select(e => e.ValueBytes));
        }
    }

    [Fact]
    public async Task Several_values_of_one_key_keep_their_order()
    {
        await using var server = await ProbeServer.StartAsync();
        await server.Client.UnaryAsync(new ProbeRequest(), new Metadata { { "many", "1" }, { "other", "x" }, { "many", "2" } });
        Assert.Equal("1,2", string.Join(",", server.Record.LastHeaders.GetAll("many").Select(e => e.Value)).Replace(" ", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("AQI=", "1,2")]
    [InlineData("AQI", "1,2")]
    [InlineData("AQI=,AwQ", "1,2;3,4")]
    [InlineData("AQI, AwQ=", "1,2;3,4")]
    [InlineData("!!!", "")]
    public async Task Bytes_are_read_with_and_without_padding_and_joined_by_commas(string wire, string expected)
    {
        await using var server = await ProbeServer.StartAsync();
        using var raw = new RawGrpc(server.Address);
        var answer = await raw.PostAsync("/probe.v1.ProbeService/Unary", RawGrpc.Frame(new ProbeRequest().ToByteArray()), ("some-bin", wire));
        Assert.Equal("0", answer.Status);
        var entries = server.Record.LastHeaders.GetAll("some-bin").Select(e => string.Join(",", e.ValueBytes));
        Assert.Equal(expected, string.Join(";", entries));
    }

    [Fact]
    public async Task Headers_of_the_protocol_are_no_metadata()
    {
        await using var server = await ProbeServer.StartAsync();
        var call = server.Client.UnaryAsync(new ProbeRequest(), deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1));
        await call;
        var keys = server.Record.LastHeaders.Concat(await call.ResponseHeadersAsync).Concat(call.GetTrailers()).Select(e => e.Key).ToArray();
        Assert.DoesNotContain(keys, key => key.StartsWith("grpc-", StringComparison.Ordinal) || key is "te" or "content-type");
        Assert.Contains("user-agent", keys);
    }

    [Fact]
    public void Wrong_keys_and_values_are_refused_at_once()
    {
        Assert.Throws<ArgumentException>(() => new Metadata { { "with space", "x" } });
        Assert.Throws<ArgumentException>(() => new Metadata { { "", "x" } });
        Assert.Throws<ArgumentException>(() => new Metadata { { "text-bin", "x" } });
        Assert.Throws<ArgumentException>(() => new Metadata { { "bytes", [1] } });
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("a", "b"));
    }
}
