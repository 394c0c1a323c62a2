using Google.Protobuf;
using Grpc.Core;
using Mano.Testing;
using Probe.V1;

namespace Mano.Interop.Tests;

/// <summary>Our client, and servers that others wrote: calls that do not end well.</summary>
public sealed class ForeignServerFailureTests
{
    [Theory, Python, Node]
    public async Task Message_of_a_failure_is_any_text(string peer)
    {
        await using var server = await ForeignServer.StartAsync(peer);
        const string Text = "größer als 100%41 ✓\nzweite Zeile";
        var failure = await FailureOf(server, new ProbeRequest { FailCode = 9, FailMessage = Text });
        Assert.Equal((StatusCode.FailedPrecondition, Text), (failure.StatusCode, failure.Status.Detail));
    }

    [Theory, Python, Node]
    public async Task Failure_without_a_message_is_trailers_only(string peer)
    {
        await using var server = await ForeignServer.StartAsync(peer);
        var failure = await FailureOf(server, new ProbeRequest { FailCode = 7 });
        Assert.Equal((StatusCode.PermissionDenied, ""), (failure.StatusCode, failure.Status.Detail));
        Assert.True(server.Wire.LastWasTrailersOnly);
        using var empty = server.Client.ServerStream(new ProbeRequest());
        Assert.False(await empty.ResponseStream.MoveNext().Soon());
        Assert.Equal(StatusCode.OK, empty.GetStatus().StatusCode);
    }

    [Theory, Python, Node]
    public async Task Failure_in_the_middle_of_a_stream_comes_after_the_messages(string peer)
    {
        await using var server = await ForeignServer.StartAsync(peer);
        using var call = server.Client.ServerStream(new ProbeRequest { Responses = 10, FailAfter = 3, FailCode = 8, FailMessage = "enough" });
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await call.ResponseStream.MoveNext().Soon());
        }

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().Soon());
        Assert.Equal((StatusCode.ResourceExhausted, "enough"), (failure.StatusCode, failure.Status.Detail));
    }

    [Theory, Python, Node]
    public async Task Exception_of_the_handler_is_UNKNOWN(string peer)
    {
        await using var server = await ForeignServer.StartAsync(peer);
        Assert.Equal(StatusCode.Unknown, (await FailureOf(server, new ProbeRequest { ThrowMessage = "oops" })).StatusCode);
    }

    [Theory, Python, Node]
    public async Task Deadline_ends_the_call_on_both_sides(string peer)
    {
        await using var server = await ForeignServer.StartAsync(peer);
        await server.Client.UnaryAsync(new ProbeRequest()).ResponseAsync.Soon();
        var call = server.Client.UnaryAsync(
            new ProbeRequest { Hang = true }, deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(5));
        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.Soon())).StatusCode);
        await server.Says("deadline set");
        await server.Says("cancelled Unary");
    }

    [Theory, Python, Node]
    public async Task Cancellation_reaches_the_server(string peer)
    {
        await using var server = await ForeignServer.StartAsync(peer);
        using var cancel = new CancellationTokenSource();
        var unary = server.Client.UnaryAsync(new ProbeRequest { Hang = true }, cancellationToken: cancel.Token);
        await server.Says("deadline none");
        await cancel.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => unary.ResponseAsync.Soon())).StatusCode);
        await server.Says("cancelled Unary");

        using var duplex = server.Client.Duplex();
        await duplex.RequestStream.WriteAsync(new ProbeRequest { Number = 1 });
        Assert.True(await duplex.ResponseStream.MoveNext().Soon());
        duplex.Dispose();
        await server.Says("ended Duplex");
    }

    [Theory, Python, Node]
    public async Task Message_over_the_limit_of_either_side_is_RESOURCE_EXHAUSTED(string peer)
    {
        await using var server = await ForeignServer.StartAsync(peer);
        var large = new ProbeRequest { Payload = ByteString.CopyFrom(new byte[5 * 1024 * 1024]) };
        Assert.Equal(StatusCode.ResourceExhausted, (await FailureOf(server, large)).StatusCode);
        Assert.Equal(StatusCode.ResourceExhausted, (await FailureOf(server, new ProbeRequest { ResponseSize = 5 * 1024 * 1024 })).StatusCode);
        Assert.Equal("next", (await server.Client.UnaryAsync(new ProbeRequest { Text = "next" }).ResponseAsync.Soon()).Text);
    }

    [Theory, Python, Node]
    public async Task Unknown_method_is_UNIMPLEMENTED(string peer)
    {
        await using var server = await ForeignServer.StartAsync(peer);
        var call = server.Client.MissingAsync(new ProbeRequest());
        Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.Soon())).StatusCode);
    }

    [Theory, Python, Node]
    public async Task Server_killed_in_the_middle_of_a_call_is_UNAVAILABLE(string peer)
    {
        await using var server = await ForeignServer.StartAsync(peer);
        using var duplex = server.Client.Duplex();
        await duplex.RequestStream.WriteAsync(new ProbeRequest { Number = 1 });
        Assert.True(await duplex.ResponseStream.MoveNext().Soon());
        var read = duplex.ResponseStream.MoveNext();
        await server.Process.Kill();
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => read.Soon())).StatusCode);
    }

    private static Task<RpcException> FailureOf(ForeignServer server, ProbeRequest request) =>
        Assert.ThrowsAsync<RpcException>(() => server.Client.UnaryAsync(request).ResponseAsync.Soon());
}
