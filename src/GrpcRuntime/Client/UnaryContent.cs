using System.Net;
using Grpc.Core;
using Mano.GrpcRuntime.Internal;

namespace Mano.GrpcRuntime.Client;

/// <summary>A request of one message, written when the connection asks for it.</summary>
internal sealed class UnaryContent<T>(T message, Action<T, SerializationContext> serializer, int? maxSize, bool compress) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var frame = new PooledBuffer();
        try
        {
            FrameWriter.Write(frame, message, serializer, maxSize, compress);
            var write = stream.WriteAsync(frame.Written, cancellationToken);
            if (!write.IsCompletedSuccessfully)
            {
                return Written(write, frame);
            }
        }
        catch
        {
            frame.Dispose();
            throw;
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
