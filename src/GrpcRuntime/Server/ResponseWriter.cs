using Grpc.Core;
using Mano.GrpcRuntime.Internal;

namespace Mano.GrpcRuntime.Server;

/// <summary>Writes messages straight into the response's buffers.</summary>
internal static class ResponseWriter
{
    public static void Write<T>(HttpServerCallContext context, T message, Action<T, SerializationContext> serializer, WriteFlags flags = default)
    {
        var settings = context.Settings;
        FrameWriter.Write(
            context.HttpContext.Response.BodyWriter, message, serializer, settings.MaxSendMessageSize,
            context.Compresses && !flags.HasFlag(WriteFlags.NoCompress), settings.CompressionLevel);
        context.MessageWritten();
    }
}
