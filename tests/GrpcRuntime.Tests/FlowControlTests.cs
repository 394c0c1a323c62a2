using Google.Protobuf;
using Grpc.Core;
using Mano.Testing;
using Probe.V1;

namespace Mano.GrpcRuntime.Tests;

/// <summary>Each streaming kind with 10,000 messages and a reader that does not read: the writer is held back, and nothing is lost.</summary>
public sealed class FlowControlTests
{
    private const int Many = 10_000;
    private const int Size = 16 * 1024;

    // Windows and buffers of both ends hold about 1 MB together; the whole stream has 160 MB.
    private const int MostInFlight = 8 * 1024 * 1024 / Size;

    private static readonly ByteString Payload = ByteString.CopyFrom(new byte[Size]);

    [Fact]
    public async Task Server_stream_waits_for_a_slow_reader()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = server.Client.ServerStream(new ProbeRequest { Responses = Many, ResponseSize = Size });
        Assert.True(await call.ResponseStream.MoveNext().Soon());
        await Stalled(() => server.Record.Written);
        Assert.InRange(server.Record.Written, 1, MostInFlight);

        var read = 1;
        while (await call.ResponseStream.MoveNext().Soon())
        {
            read++;
            Assert.InRange(server.Record.Written - read, -1, MostInFlight + (16 * 1024 * 1024 / Size));
        }

        Assert.Equal(Many, read);
    }

    [Fact]
    public async Task Client_stream_waits_for_a_slow_handler()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = server.Client.ClientStream();
        var written = 0L;
        var writer = Task.Run(async () =>
        {
            await call.RequestStream.WriteAsync(new ProbeRequest { StubbornMs = 60_000 });
            for (; Interlocked.Read(ref written) < Many; Interlocked.Increment(ref written))
            {
                await call.RequestStream.WriteAsync(new ProbeRequest { Number = 1, Payload = Payload });
            }

            await call.RequestStream.CompleteAsync();
        });
        await Eventually.Is(() => server.Record.Read == 1);
        await Stalled(() => Interlocked.Read(ref written));
        Assert.Equal(1, server.Record.Read);
        Assert.InRange(Interlocked.Read(ref written), 1, MostInFlight);
        server.Record.Released.SetResult();
        await writer.Soon();
        Assert.Equal(Many, (await call.ResponseAsync.Soon()).Sum);
    }

    [Fact]
    public async Task Duplex_stream_holds_back_both_writers()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = server.Client.Duplex();
        var written = 0L;
        var writer = Task.Run(async () =>
        {
            for (; Interlocked.Read(ref written) < Many; Interlocked.Increment(ref written))
            {
                await call.RequestStream.WriteAsync(new ProbeRequest { Payload = Payload });
            }

            await call.RequestStream.CompleteAsync();
        });
        await Stalled(() => server.Record.Written);
        await Stalled(() => Interlocked.Read(ref written));
        Assert.InRange(Interlocked.Read(ref written), 1, MostInFlight);
        Assert.InRange(server.Record.Written, 1, MostInFlight);
        var read = 0;
        while (await call.ResponseStream.MoveNext().Soon())
        {
            read++;
        }

        await writer.Soon();
        Assert.Equal(Many, read);
    }

    /// <summary>Waits until a count that was moving moves no more.</summary>
    private static async Task Stalled(Func<long> count)
    {
        var last = -1L;
        await Eventually.Is(async () =>
        {
            var before = last;
            last = count();
            await Task.Delay(TimeSpan.FromMilliseconds(150), TimeProvider.System);
            return last > 0 && last == before;
        });
    }
}
