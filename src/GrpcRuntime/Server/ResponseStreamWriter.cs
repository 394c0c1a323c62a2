using Grpc.Core;

namespace Mano.GrpcRuntime.Server;

/// <summary>The responses of a streaming call. A write completes when there is room for the next one, so a slow caller holds the handler back.</summary>
internal sealed class ResponseStreamWriter<T>(HttpServerCallContext context, Action<T, SerializationContext> serializer) : IServerStreamWriter<T>
    where T : class
{
    /// <summary>What hinted writes may gather before they are flushed all the same.</summary>
    private const int MostGathered = 32 * 1024;

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        context.HttpContext.RequestAborted.ThrowIfCancellationRequested();
        context.BeginWrite();
        try
        {
            var flags = (WriteOptions ?? context.WriteOptions)?.Flags ?? default;
            ResponseWriter.Write(context, message, serializer, flags);
            var body = context.HttpContext.Response.BodyWriter;
            if (!flags.HasFlag(WriteFlags.BufferHint) || !body.CanGetUnflushedBytes || body.UnflushedBytes >= MostGathered)
            {
                await body.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            context.EndWrite();
        }
    }
}
