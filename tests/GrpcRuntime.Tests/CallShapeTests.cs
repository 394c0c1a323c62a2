using Grpc.Core;
using Mano.Testing;
using Probe.V1;

namespace Mano.GrpcRuntime.Tests;

public sealed class CallShapeTests
{
    private const int Many = 10_000;

    [Fact]
    public async Task Unary_call_returns_the_response()
    {
        await using var server = await ProbeServer.StartAsync();
        var call = server.Client.UnaryAsync(new ProbeRequest { Text = "grüße", Number = 7 });
        var response = await call;
        Assert.Equal(("grüße", 7L), (response.Text, response.Number));
        Assert.Equal(Status.DefaultSuccess, call.GetStatus());
        Assert.Equal("blocking", server.Client.Unary(new ProbeRequest { Text = "blocking" }).Text);
    }

    [Fact]
    public async Task Empty_message_and_a_message_of_three_megabytes_pass()
    {
        await using var server = await ProbeServer.StartAsync();
        Assert.Equal(new ProbeResponse(), await server.Client.UnaryAsync(new ProbeRequest()));
        var payload = Google.Protobuf.ByteString.CopyFrom(new byte[3 * 1024 * 1024]);
        Assert.Equal(payload, (await server.Client.UnaryAsync(new ProbeRequest { Payload = payload })).Payload);
    }

    [Fact]
    public async Task Client_stream_of_10000_messages_arrives_whole()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = server.Client.ClientStream();
        for (var i = 0; i < Many; i++)
        {
            await call.RequestStream.WriteAsync(new ProbeRequest { Number = i });
        }

        await call.RequestStream.CompleteAsync();
        var response = await call;
        Assert.Equal((Many, (long)Many * (Many - 1) / 2), (response.Count, response.Sum));
    }

    [Fact]
    public async Task Server_stream_of_10000_messages_arrives_in_order()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = server.Client.ServerStream(new ProbeRequest { Responses = Many });
        var next = 0L;
        await foreach (var response in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal(next++, response.Number);
        }

        Assert.Equal(Many, next);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Duplex_stream_of_10000_messages_goes_both_ways_at_once()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = server.Client.Duplex();
        var writer = Task.Run(async () =>
        {
            for (var i = 0; i < Many; i++)
            {
                await call.RequestStream.WriteAsync(new ProbeRequest { Number = i });
            }

            await call.RequestStream.CompleteAsync();
        });
        var next = 0L;
        await foreach (var response in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal(next++, response.Number);
        }

        await writer;
        Assert.Equal(Many, next);
    }

    [Fact]
    public async Task Duplex_stream_can_play_ping_pong()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = server.Client.Duplex();
        for (var i = 0; i < 100; i++)
        {
            await call.RequestStream.WriteAsync(new ProbeRequest { Number = i });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(i, call.ResponseStream.Current.Number);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Empty_streams_end_well()
    {
        await using var server = await ProbeServer.StartAsync();
        using var none = server.Client.ServerStream(new ProbeRequest());
        Assert.False(await none.ResponseStream.MoveNext());
        using var nothing = server.Client.ClientStream();
        await nothing.RequestStream.CompleteAsync();
        Assert.Equal(0, (await nothing).Count);
    }

    [Fact]
    public async Task Hundreds_of_calls_at_once_get_each_their_own_answer()
    {
        await using var server = await ProbeServer.StartAsync();
        var calls = Enumerable.Range(0, 500).Select(async i =>
            (await server.Client.UnaryAsync(new ProbeRequest { Number = i })).Number == i);
        Assert.All(await Task.WhenAll(calls), Assert.True);
    }

    [Fact]
    public async Task Second_write_before_the_first_is_done_and_writes_after_the_end_are_refused()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = server.Client.Duplex();
        await call.RequestStream.WriteAsync(new ProbeRequest());
        await call.RequestStream.CompleteAsync();
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new ProbeRequest()));
        Assert.Contains("complete", refused.Message, StringComparison.Ordinal);
    }
}
