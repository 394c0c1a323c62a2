using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Mano.Testing;
using Probe.V1;

namespace Mano.Interop.Tests;

/// <summary>Our client, and servers that others wrote (<c>peers/*/server.*</c>): calls that end well, and their metadata.</summary>
public sealed class ForeignServerTests
{
    private const int Many = 10_000;

    [Theory, Python, Node]
    public async Task Unary_call(string peer)
    {
        await using var server = await ForeignServer.StartAsync(peer);
        var payload = ByteString.CopyFrom([.. Enumerable.Range(0, 256).Select(b => (byte)b)]);
        var response = await server.Client.UnaryAsync(new ProbeRequest { Text = "grüße", Number = 7, Payload = payload }).ResponseAsync.Soon();
        Assert.Equal(("grüße", 7L, payload), (response.Text, response.Number, response.Payload));
    }

    [Theory, Python, Node]
    public async Task Client_stream_of_10000_messages(string peer)
    {
        await using var server = await ForeignServer.StartAsync(peer);
        using var call = server.Client.ClientStream();
        await SendAsync(call.RequestStream, Many).Soon();
        var response = await call.ResponseAsync.Soon();
        Assert.Equal((Many, (long)Many * (Many - 1) / 2), (response.Count, response.Sum));
    }

    [Theory, Python, Node]
    public async Task Server_stream_of_10000_messages(string peer)
    {
        await using var server = await ForeignServer.StartAsync(peer);
        using var call = server.Client.ServerStream(new ProbeRequest { Responses = Many });
        await ReadInOrderAsync(call.ResponseStream).Soon();
    }

    [Theory, Python, Node]
    public async Task Duplex_stream_of_10000_messages(string peer)
    {
        await using var server = await ForeignServer.StartAsync(peer);
        using var call = server.Client.Duplex();
        var writer = SendAsync(call.RequestStream, Many);
        await ReadInOrderAsync(call.ResponseStream).Soon();
        await writer.Soon();
    }

    [Theory, Python, Node]
    public async Task Server_that_does_not_read_holds_the_client_back(string peer)
    {
        await using var server = await ForeignServer.StartAsync(peer);
        using var call = server.Client.ClientStream();
        await call.RequestStream.WriteAsync(new ProbeRequest { StubbornMs = 6000 });
        var written = 0;
        var writer = Task.Run(async () =>
        {
            var message = new ProbeRequest { Number = 1, Payload = ByteString.CopyFrom(new byte[16 * 1024]) };
            for (; written < 4000; written++)
            {
                await call.RequestStream.WriteAsync(message);
            }

            await call.RequestStream.CompleteAsync();
        });
        var held = 0;
        await Eventually.Is(async () =>
        {
            var before = held;
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
            return (held = Volatile.Read(ref written)) == before && held > 0;
        }, "nothing is written any more");
        Assert.InRange(held, 1, 3999);
        await writer.Soon();
        Assert.Equal(4000, (await call.ResponseAsync.Soon()).Sum);
    }

    [Theory, Python, Node]
    public async Task Text_and_bytes_come_back_as_headers_and_trailers(string peer)
    {
        await using var server = await ForeignServer.StartAsync(peer);
        var sent = new Metadata { { "echo-text", "plain text" }, { "echo-bytes-bin", [.. Enumerable.Range(0, 256).Select(b => (byte)b)] }, { "echo-one-bin", [0] } };
        using var call = server.Client.UnaryAsync(new ProbeRequest { EchoMetadata = true }, sent);
        var headers = await call.ResponseHeadersAsync.Soon();
        await call.ResponseAsync.Soon();
        foreach (var received in new[] { headers, call.GetTrailers() })
        {
            Assert.Equal("plain text", received.GetValue("echo-text"));
            Assert.Equal(sent.GetValueBytes("echo-bytes-bin"), received.GetValueBytes("echo-bytes-bin"));
            Assert.Equal([0], received.GetValueBytes("echo-one-bin")!);
        }
    }

    [Theory, Python, Node]
    public async Task Messages_go_packed_both_ways(string peer)
    {
        await using var server = await ForeignServer.StartAsync(peer);
        var packed = new Metadata { { "grpc-internal-encoding-request", "gzip" } };
        var text = new string('a', 10_000);
        Assert.Equal(text, (await server.Client.UnaryAsync(new ProbeRequest { Text = text, Gzip = true }, packed).ResponseAsync.Soon()).Text);
        Assert.True(server.Wire.Encodings.TryDequeue(out var encoding));
        // grpc-js packs no responses, and says so by itself.
        Assert.Equal(("gzip", peer == "python" ? "gzip" : "identity"), encoding);
    }

    [Theory, Python, Node]
    public async Task Details_of_a_failure(string peer)
    {
        await using var server = await ForeignServer.StartAsync(peer);
        var call = server.Client.UnaryAsync(new ProbeRequest { FailCode = 5, FailMessage = "gone", FailDetails = true });
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.Soon());
        Assert.Equal((StatusCode.NotFound, "gone"), (failure.StatusCode, failure.Status.Detail));
        Assert.Equal("mano", Assert.Single(failure.GetRpcStatus()!.Details).Unpack<ResourceInfo>().ResourceName);
    }

    private static async Task SendAsync(IClientStreamWriter<ProbeRequest> requests, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await requests.WriteAsync(new ProbeRequest { Number = i });
        }

        await requests.CompleteAsync();
    }

    private static async Task ReadInOrderAsync(IAsyncStreamReader<ProbeResponse> responses)
    {
        var next = 0L;
        await foreach (var response in responses.ReadAllAsync())
        {
            Assert.Equal(next++, response.Number);
        }

        Assert.Equal(Many, next);
    }
}
