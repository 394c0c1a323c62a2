using System.IO.Compression;
using Google.Protobuf;
using Grpc.Core;
using Probe.V1;

namespace Mano.GrpcRuntime.Tests;

public sealed class GzipTests
{
    private static readonly Metadata Packed = new() { { "grpc-internal-encoding-request", "gzip" } };

    [Fact]
    public async Task Requests_and_responses_go_packed_where_asked_for()
    {
        await using var server = await ProbeServer.StartAsync();
        var payload = ByteString.CopyFrom(new byte[100_000]);
        var response = await server.Client.UnaryAsync(new ProbeRequest { Payload = payload, Gzip = true }, Packed);
        Assert.Equal(payload, response.Payload);
        using var duplex = server.Client.Duplex(Packed);
        await duplex.RequestStream.WriteAsync(new ProbeRequest { Payload = payload });
        duplex.RequestStream.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        await duplex.RequestStream.WriteAsync(new ProbeRequest { Payload = payload });
        await duplex.RequestStream.CompleteAsync();
        Assert.True(await duplex.ResponseStream.MoveNext());
        Assert.True(await duplex.ResponseStream.MoveNext());
        Assert.Equal(payload, duplex.ResponseStream.Current.Payload);
    }

    [Theory]
    [InlineData("identity, gzip", 1)]
    [InlineData("identity", 0)]
    [InlineData("deflate,br", 0)]
    public async Task Responses_are_packed_for_those_alone_who_can_read_it(string accepted, int flag)
    {
        await using var server = await ProbeServer.StartAsync(options => options.ResponseCompressionAlgorithm = "gzip");
        using var raw = new RawGrpc(server.Address);
        var request = RawGrpc.Frame(new ProbeRequest { ResponseSize = 10_000 }.ToByteArray());
        var answer = await raw.PostAsync("/probe.v1.ProbeService/Unary", request, ("grpc-accept-encoding", accepted));
        Assert.Equal(flag, answer.Body[0]);
        Assert.Equal(flag == 1 ? "gzip" : null, answer.Headers.GetValueOrDefault("grpc-encoding"));
        using var body = new MemoryStream(answer.Body[5..]);
        using var message = flag == 1 ? new GZipStream(body, CompressionMode.Decompress) : (Stream)body;
        Assert.Equal(10_000, ProbeResponse.Parser.ParseFrom(message).Payload.Length);
    }
}
