using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Net.Client;
using Mano.GrpcRuntime.Server;
using Mano.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Probe.V1;

namespace Mano.GrpcRuntime.Tests;

public sealed class CancellationTests
{
    private const string Unary = "/probe.v1.ProbeService/Unary";
    private const string Duplex = "/probe.v1.ProbeService/Duplex";

    [Fact]
    public async Task Cancelled_token_ends_the_call_and_the_handler_sees_it()
    {
        await using var server = await ProbeServer.StartAsync();
        using var cancel = new CancellationTokenSource();
        var call = server.Client.UnaryAsync(new ProbeRequest { Hang = true, Text = "here" }, cancellationToken: cancel.Token);
        await Eventually.Is(() => server.Record.LastHeaders.Count > 0);
        await cancel.CancelAsync();
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseAsync.Soon());
        Assert.Equal(StatusCode.Cancelled, refused.StatusCode);
        await Eventually.Is(() => server.Record.Cancelled.Contains(Unary));
    }

    [Fact]
    public async Task Token_cancelled_before_the_call_means_no_call()
    {
        await using var server = await ProbeServer.StartAsync();
        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.UnaryAsync(new ProbeRequest(), cancellationToken: new CancellationToken(canceled: true)));
        Assert.Equal(StatusCode.Cancelled, refused.StatusCode);
        Assert.Empty(server.Record.LastHeaders);
    }

    [Fact]
    public async Task Call_disposed_in_the_middle_of_a_stream_cancels_the_handler()
    {
        await using var server = await ProbeServer.StartAsync();
        var call = server.Client.Duplex();
        await call.RequestStream.WriteAsync(new ProbeRequest { Number = 1 });
        Assert.True(await call.ResponseStream.MoveNext().Soon());
        call.Dispose();
        await Eventually.Is(() => server.Record.Cancelled.Contains(Duplex));
        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().Soon());
        Assert.Equal(StatusCode.Cancelled, refused.StatusCode);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Cancelled_read_cancels_the_call()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = server.Client.Duplex();
        await call.RequestStream.WriteAsync(new ProbeRequest { Number = 1 });
        Assert.True(await call.ResponseStream.MoveNext().Soon());
        using var cancel = new CancellationTokenSource();
        var read = call.ResponseStream.MoveNext(cancel.Token);
        await cancel.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => read.Soon())).StatusCode);
        await Eventually.Is(() => server.Record.Cancelled.Contains(Duplex));
    }

    [Fact]
    public async Task Handler_that_writes_forever_is_stopped_when_the_reader_goes()
    {
        await using var server = await ProbeServer.StartAsync();
        var call = server.Client.ServerStream(new ProbeRequest { Responses = int.MaxValue, ResponseSize = 1024 });
        Assert.True(await call.ResponseStream.MoveNext().Soon());
        call.Dispose();
        var seen = -1L;
        await Eventually.Is(async () =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            var before = seen;
            seen = server.Record.Written;
            return before == seen;
        });
    }

    [Fact]
    public async Task Channel_that_asks_for_it_throws_OperationCanceledException()
    {
        await using var server = await ProbeServer.StartAsync(channel: new GrpcChannelOptions { ThrowOperationCanceledOnCancellation = true });
        using var cancel = new CancellationTokenSource();
        var call = server.Client.UnaryAsync(new ProbeRequest { Hang = true }, cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.ResponseAsync.Soon());
        var late = server.Client.UnaryAsync(
            new ProbeRequest { Hang = true }, deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late.ResponseAsync.Soon());
    }

    [Fact]
    public async Task A_server_that_says_CANCELLED_is_a_status_also_for_a_channel_that_throws_OperationCanceledException()
    {
        await using var server = await ProbeServer.StartAsync(channel: new GrpcChannelOptions { ThrowOperationCanceledOnCancellation = true });
        var call = server.Client.UnaryAsync(new ProbeRequest { FailCode = (int)StatusCode.Cancelled });
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.Soon())).StatusCode);
        using var stream = server.Client.ServerStream(new ProbeRequest { FailCode = (int)StatusCode.Cancelled });
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext().Soon())).StatusCode);
    }

    [Fact]
    public async Task Disposed_channel_cancels_its_calls_and_takes_no_more()
    {
        await using var server = await ProbeServer.StartAsync();
        var call = server.Client.UnaryAsync(new ProbeRequest { Hang = true });
        server.Channel.Dispose();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.Soon())).StatusCode);
        Assert.Throws<ObjectDisposedException>(() => server.Client.UnaryAsync(new ProbeRequest()));
    }

    [Fact]
    public async Task Caller_that_resets_in_the_middle_of_its_request_has_cancelled_also_when_nothing_else_says_so_yet()
    {
        var request = new Pipe();
        await request.Writer.CompleteAsync(new IOException("The client reset the request stream."));
        await Assert.ThrowsAsync<CallerGoneException>(
            async () => await RequestReader.ReadAsync<ProbeRequest>(null!, request.Reader, _ => new(), CancellationToken.None));
    }

    [Fact]
    public async Task Caller_that_resets_while_its_message_is_taken_has_cancelled_too()
    {
        await Assert.ThrowsAsync<CallerGoneException>(async () => await RequestReader.ReadAsync<ProbeRequest>(
            new HttpServerCallContext(new DefaultHttpContext(), new(Unary, ServiceSettings.Of(new(), new()), NullLogger.Instance)), new ResetOnAdvance(), _ => new(), CancellationToken.None));
    }

    /// <summary>Kestrel's reader learns of a reset at any of its members.</summary>
    private sealed class ResetOnAdvance : PipeReader
    {
        public override void AdvanceTo(SequencePosition consumed) => throw new IOException("The client reset the request stream.");

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => AdvanceTo(consumed);

        public override void CancelPendingRead() => throw new NotSupportedException();

        public override void Complete(Exception? exception = null) => throw new NotSupportedException();

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => new(new ReadResult(default, false, false));

        public override bool TryRead(out ReadResult result) => throw new NotSupportedException();
    }
}
