using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Probe.V1;

namespace Mano.GrpcRuntime.Tests;

public sealed class MalformedRequestTests
{
    private const string Unary = "/probe.v1.ProbeService/Unary";

    private static byte[] Good => RawGrpc.Frame(new ProbeRequest { Text = "x" }.ToByteArray());

    public static TheoryData<string, byte[], string> Broken => new()
    {
        { "no message", [], "13" },
        { "half a header", [0, 0, 0], "13" },
        { "a length with nothing behind it", RawGrpc.Frame([], length: 100), "13" },
        { "a message cut short", Good[..^1], "13" },
        { "a length that is too small", RawGrpc.Frame(new ProbeRequest { Text = "xyz" }.ToByteArray(), length: 3), "13" },
        { "a length of four gigabytes", RawGrpc.Frame([], length: uint.MaxValue), "8" },
        { "a compressed flag without an encoding", RawGrpc.Frame([1, 2, 3], flag: 1), "13" },
        { "a flag that is neither 0 nor 1", RawGrpc.Frame([], flag: 2), "13" },
        { "bytes that are no protobuf", RawGrpc.Frame([0xff, 0xff, 0xff, 0xff]), "13" },
        { "two messages", [.. Good, .. Good], "13" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Body_that_breaks_the_framing_is_refused(string what, byte[] body, string status)
    {
        await using var server = await ProbeServer.StartAsync();
        using var raw = new RawGrpc(server.Address);
        foreach (var method in new[] { Unary, "/probe.v1.ProbeService/ServerStream" })
        {
            var answer = await raw.PostAsync(method, body);
            Assert.True(answer.Status == status && answer.TrailersOnly, $"{method} with {what}: {answer.Status} {answer.Message}");
        }

        Assert.Equal("0", (await raw.PostAsync(Unary, Good)).Status);
    }

    [Fact]
    public async Task Broken_message_in_a_stream_is_refused_after_the_good_ones()
    {
        await using var server = await ProbeServer.StartAsync();
        using var raw = new RawGrpc(server.Address);
        var answer = await raw.PostAsync("/probe.v1.ProbeService/ClientStream", [.. Good, .. Good[..^1]]);
        Assert.Equal("13", answer.Status);
        Assert.Equal(1, server.Record.Read);
    }

    [Fact]
    public async Task Packed_bytes_that_are_no_gzip_are_refused()
    {
        await using var server = await ProbeServer.StartAsync();
        using var raw = new RawGrpc(server.Address);
        var answer = await raw.PostAsync(Unary, RawGrpc.Frame([1, 2, 3, 4], flag: 1), ("grpc-encoding", "gzip"));
        Assert.Equal("13", answer.Status);
    }

    [Fact]
    public async Task Unknown_encoding_is_UNIMPLEMENTED_and_the_known_ones_are_told()
    {
        await using var server = await ProbeServer.StartAsync();
        using var raw = new RawGrpc(server.Address);
        var answer = await raw.PostAsync(Unary, Good, ("grpc-encoding", "zstd"));
        Assert.Equal(("12", "identity,gzip"), (answer.Status, answer.Headers["grpc-accept-encoding"]));
    }

    [Fact]
    public async Task Request_of_another_content_type_is_415_and_not_gRPC()
    {
        await using var server = await ProbeServer.StartAsync();
        using var raw = new RawGrpc(server.Address);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await raw.PostAsync(Unary, Good, ("content-type", "application/json"))).Http);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await raw.PostAsync(Unary, Good, ("content-type", "application/grpc-web"))).Http);
        Assert.Equal("0", (await raw.PostAsync(Unary, Good, ("content-type", "application/grpc+proto"))).Status);
    }

    [Fact]
    public async Task Connection_that_breaks_HTTP2_is_closed_and_others_live_on()
    {
        await using var server = await ProbeServer.StartAsync();
        var address = new Uri(server.Address);
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port);
        var stream = socket.GetStream();

        // The preface, empty SETTINGS, then DATA on a stream that nobody opened.
        await stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await stream.WriteAsync(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0 });
        await stream.WriteAsync(new byte[] { 0, 0, 1, 0, 0, 0, 0, 0, 1, 42 });
        using var patience = new CancellationTokenSource(Testing.Eventually.Patience);
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, patience.Token) > 0)
        {
        }

        Assert.Equal("alive", (await server.Client.UnaryAsync(new ProbeRequest { Text = "alive" })).Text);
    }
}
