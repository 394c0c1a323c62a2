using System.IO.Compression;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Mano.Testing;
using Probe.V1;

namespace Mano.GrpcRuntime.Tests;

/// <summary>What it counts, the whole process allocates: nothing else runs beside it.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public sealed class LimitTests
{
    private const string Unary = "/probe.v1.ProbeService/Unary";

    [Fact]
    public async Task Request_over_the_default_of_four_megabytes_is_RESOURCE_EXHAUSTED()
    {
        await using var server = await ProbeServer.StartAsync();
        var request = new ProbeRequest { Payload = ByteString.CopyFrom(new byte[5 * 1024 * 1024]) };
        await Refused(server.Client.UnaryAsync(request).ResponseAsync);
        using var stream = server.Client.ClientStream();
        await Refused(Task.Run(async () =>
        {
            await stream.RequestStream.WriteAsync(request);
            await stream.RequestStream.CompleteAsync();
            return await stream;
        }));
        Assert.Equal("still alive", (await server.Client.UnaryAsync(new ProbeRequest { Text = "still alive" })).Text);
    }

    [Fact]
    public async Task Response_over_the_limit_of_the_client_is_RESOURCE_EXHAUSTED()
    {
        await using var server = await ProbeServer.StartAsync(channel: new GrpcChannelOptions { MaxReceiveMessageSize = 1000 });
        await Refused(server.Client.UnaryAsync(new ProbeRequest { ResponseSize = 1001 }).ResponseAsync);
        using var stream = server.Client.ServerStream(new ProbeRequest { ResponseSize = 1001, Responses = 1 });
        await Refused(stream.ResponseStream.MoveNext());
        Assert.NotNull(await server.Client.UnaryAsync(new ProbeRequest { ResponseSize = 900 }));
    }

    [Fact]
    public async Task Message_over_the_sending_limit_of_either_side_is_RESOURCE_EXHAUSTED()
    {
        await using var server = await ProbeServer.StartAsync(
            options => options.MaxSendMessageSize = 1000, new GrpcChannelOptions { MaxSendMessageSize = 2000 });
        await Refused(server.Client.UnaryAsync(new ProbeRequest { ResponseSize = 1001 }).ResponseAsync);
        await Refused(server.Client.UnaryAsync(new ProbeRequest { Payload = ByteString.CopyFrom(new byte[2001]) }).ResponseAsync);
        using var duplex = server.Client.Duplex();
        await Refused(Task.Run(async () =>
        {
            await duplex.RequestStream.WriteAsync(new ProbeRequest { Payload = ByteString.CopyFrom(new byte[2001]) });
            return 0;
        }));
    }

    [Fact]
    public async Task Limits_can_be_lifted()
    {
        await using var server = await ProbeServer.StartAsync(
            options => options.MaxReceiveMessageSize = null, new GrpcChannelOptions { MaxReceiveMessageSize = null });
        var payload = ByteString.CopyFrom(new byte[32 * 1024 * 1024]);
        Assert.Equal(payload.Length, (await server.Client.UnaryAsync(new ProbeRequest { Payload = payload }).ResponseAsync.Soon()).Payload.Length);
    }

    [Fact]
    public async Task Gzip_bomb_is_refused_at_the_limit_and_not_unpacked()
    {
        await using var server = await ProbeServer.StartAsync();
        using var raw = new RawGrpc(server.Address);
        var bomb = Gzip(new byte[512 * 1024 * 1024]);
        Assert.True(bomb.Length < 4 * 1024 * 1024, "the bomb must pass the limit while packed");
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var answer = await raw.PostAsync(Unary, RawGrpc.Frame(bomb, flag: 1), ("grpc-encoding", "gzip"));
        Assert.Equal("8", answer.Status);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 64 * 1024 * 1024);
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(48)]
    public async Task Metadata_over_the_limit_is_refused_and_other_calls_live_on(int kilobytes)
    {
        await using var server = await ProbeServer.StartAsync();
        using var other = server.Client.Duplex();
        await other.RequestStream.WriteAsync(new ProbeRequest());

        // What comes first from a server are its limits: who has an answer knows them, and does not send what would cost the connection.
        Assert.True(await other.ResponseStream.MoveNext().Soon());
        var metadata = new Metadata();
        for (var i = 0; i < kilobytes / 8; i++)
        {
            metadata.Add($"big-{i}", new string('x', 8 * 1024));
        }

        await Refused(server.Client.UnaryAsync(new ProbeRequest(), metadata).ResponseAsync);
        await other.RequestStream.WriteAsync(new ProbeRequest());
        Assert.True(await other.ResponseStream.MoveNext().Soon());
        await other.RequestStream.CompleteAsync();
        Assert.False(await other.ResponseStream.MoveNext().Soon());
    }

    [Fact]
    public async Task One_megabyte_of_metadata_from_a_client_that_does_not_care_is_refused_and_the_server_lives_on()
    {
        await using var server = await ProbeServer.StartAsync();
        using var raw = new RawGrpc(server.Address);
        var big = Enumerable.Range(0, 128).Select(i => ($"big-{i}", new string('x', 8 * 1024))).ToArray();
        await Assert.ThrowsAsync<HttpRequestException>(() => raw.PostAsync(Unary, RawGrpc.Frame([]), big).Soon());
        Assert.Equal("next", (await server.Client.UnaryAsync(new ProbeRequest { Text = "next" }).ResponseAsync.Soon()).Text);
    }

    private static async Task Refused<T>(Task<T> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => call.Soon());
        Assert.True(refused.StatusCode == StatusCode.ResourceExhausted, refused.ToString());
    }

    private static byte[] Gzip(byte[] data)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            gzip.Write(data);
        }

        return packed.ToArray();
    }
}
