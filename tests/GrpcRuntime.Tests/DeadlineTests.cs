using Google.Protobuf;
using Grpc.Core;
using Mano.Testing;
using Probe.V1;

namespace Mano.GrpcRuntime.Tests;

public sealed class DeadlineTests
{
    private static DateTime In(double seconds) => TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(seconds);

    [Fact]
    public async Task Deadline_that_passes_ends_the_call_for_the_client_and_cancels_the_handler()
    {
        await using var server = await ProbeServer.StartAsync();
        var call = server.Client.UnaryAsync(new ProbeRequest { Hang = true }, deadline: In(6));
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseAsync.Soon());
        Assert.Equal(StatusCode.DeadlineExceeded, refused.StatusCode);
        await Eventually.Is(() => server.Record.Cancelled.Contains("/probe.v1.ProbeService/Unary"));
    }

    [Fact]
    public async Task Deadline_reaches_the_handler()
    {
        await using var server = await ProbeServer.StartAsync();
        var deadline = In(3600);
        await server.Client.UnaryAsync(new ProbeRequest(), deadline: deadline);
        Assert.InRange(server.Record.LastDeadline, deadline.AddSeconds(-1), deadline.AddSeconds(30));
        await server.Client.UnaryAsync(new ProbeRequest());
        Assert.Equal(DateTime.MaxValue, server.Record.LastDeadline);
    }

    [Fact]
    public async Task Deadline_in_the_past_fails_without_a_call()
    {
        await using var server = await ProbeServer.StartAsync();
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryAsync(new ProbeRequest { Text = "late" }, deadline: In(-1)));
        Assert.Equal(StatusCode.DeadlineExceeded, refused.StatusCode);
        Assert.Empty(server.Record.LastHeaders);
    }

    [Fact]
    public async Task Server_enforces_the_deadline_of_a_client_that_does_not()
    {
        await using var server = await ProbeServer.StartAsync();
        using var raw = new RawGrpc(server.Address);
        var answer = await raw.PostAsync(
            "/probe.v1.ProbeService/Unary", RawGrpc.Frame(new ProbeRequest { Hang = true }.ToByteArray()), ("grpc-timeout", "200m")).Soon();
        Assert.Equal(("4", true), (answer.Status, answer.TrailersOnly));
    }

    [Fact]
    public async Task Server_answers_at_the_deadline_although_the_handler_does_not_heed_it()
    {
        await using var server = await ProbeServer.StartAsync();
        using var raw = new RawGrpc(server.Address);
        var started = TimeProvider.System.GetTimestamp();
        var answer = await raw.PostAsync(
            "/probe.v1.ProbeService/Unary", RawGrpc.Frame(new ProbeRequest { StubbornMs = 10_000 }.ToByteArray()), ("grpc-timeout", "200m")).Soon();
        Assert.Equal("4", answer.Status);
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(9), "the answer waited for the handler");
    }

    [Fact]
    public async Task Deadline_in_the_middle_of_a_stream_ends_it_on_either_side()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = server.Client.Duplex(deadline: In(6));
        await call.RequestStream.WriteAsync(new ProbeRequest { Number = 1 });
        Assert.True(await call.ResponseStream.MoveNext().Soon());
        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().Soon());
        Assert.Equal(StatusCode.DeadlineExceeded, refused.StatusCode);
        var write = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new ProbeRequest()));
        Assert.Equal(StatusCode.DeadlineExceeded, write.StatusCode);
        await Eventually.Is(() => server.Record.Cancelled.Contains("/probe.v1.ProbeService/Duplex"));
    }

    [Fact]
    public async Task Deadline_ends_a_stream_whose_reader_has_stopped_reading()
    {
        await using var server = await ProbeServer.StartAsync();
        using var raw = new RawGrpc(server.Address);
        using var call = server.Client.ServerStream(new ProbeRequest { Responses = 10_000, ResponseSize = 64 * 1024 }, deadline: In(6));
        Assert.True(await call.ResponseStream.MoveNext().Soon());
        await Eventually.Is(() => TryStatus(call) == StatusCode.DeadlineExceeded);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("-5m")]
    [InlineData("123456789m")]
    [InlineData("5x")]
    public async Task Malformed_timeout_is_refused(string timeout)
    {
        await using var server = await ProbeServer.StartAsync();
        using var raw = new RawGrpc(server.Address);
        var answer = await raw.PostAsync("/probe.v1.ProbeService/Unary", RawGrpc.Frame([]), ("grpc-timeout", timeout));
        Assert.Equal(("13", true), (answer.Status, answer.TrailersOnly));
    }

    private static StatusCode? TryStatus(AsyncServerStreamingCall<ProbeResponse> call)
    {
        try
        {
            return call.GetStatus().StatusCode;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
