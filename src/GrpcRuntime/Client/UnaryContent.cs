using System.Buffers;
using System.Net;
using Grpc.Core;
using Mano.GrpcRuntime.Internal;

namespace Mano.GrpcRuntime.Client;

/// <summary>A request of one message, sent while the server may answer already.</summary>
/// <param name="message">The message, written anew whenever the connection asks for it again.</param>
/// <param name="first">The message as a frame if it has been written before; it is this object's from now on.</param>
internal sealed class UnaryContent<T>(
    T message, Action<T, SerializationContext> serializer, int? maxSize, bool compress, ArraySegment<byte> first = default) : HttpContent
{
    private byte[]? _first = first.Array;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var frame = Interlocked.Exchange(ref _first, null) is null ? FrameWriter.Frame(message, serializer, maxSize, compress) : first;
        var write = stream.WriteAsync(frame, cancellationToken);
        if (!write.IsCompletedSuccessfully)
        {
            return Written(write, frame);
        }

        ArrayPool<byte>.Shared.Return(frame.Array!);
        return Task.CompletedTask;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }

    private static async Task Written(ValueTask write, ArraySegment<byte> frame)
    {
        await write;
        // Only now: a write that failed may still hold the bytes.
        ArrayPool<byte>.Shared.Return(frame.Array!);
    }
}
