using System.Net;
using Grpc.Core;
using Mano.GrpcRuntime.Internal;

namespace Mano.GrpcRuntime.Client;

/// <summary>A request of one message, sent while the server may answer already.</summary>
/// <param name="message">The message, written anew whenever the connection asks for it again.</param>
/// <param name="first">The message as a frame if it has been written before; it is this object's from now on.</param>
internal sealed class UnaryContent<T>(
    T message, Action<T, SerializationContext> serializer, int? maxSize, bool compress, PooledBuffer? first = null) : HttpContent
{
    private PooledBuffer? _first = first;

    /// <summary>The message as a frame.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: larger than the limit.</exception>
    public static PooledBuffer FrameOf(T message, Action<T, SerializationContext> serializer, int? maxSize, bool compress)
    {
        var frame = new PooledBuffer();
        try
        {
            FrameWriter.Write(frame, message, serializer, maxSize, compress);
            return frame;
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var frame = Interlocked.Exchange(ref _first, null) ?? FrameOf(message, serializer, maxSize, compress);
        var write = stream.WriteAsync(frame.Written, cancellationToken);
        if (!write.IsCompletedSuccessfully)
        {
            return Written(write, frame);
        }

        frame.Dispose();
        return Task.CompletedTask;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }

    private static async Task Written(ValueTask write, PooledBuffer frame)
    {
        await write;
        // Only now: a write that failed may still hold the bytes.
        frame.Dispose();
    }
}
