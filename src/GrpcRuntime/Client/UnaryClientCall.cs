using System.Buffers;
using Grpc.Core;
using Grpc.Net.Client;
using Mano.GrpcRuntime.Internal;

namespace Mano.GrpcRuntime.Client;

/// <summary>One request, one response.</summary>
internal sealed class UnaryClientCall<TRequest, TResponse>(GrpcChannel channel, Method<TRequest, TResponse> method, CancellationToken callerCancels)
    : SingleResponseClientCall<TRequest, TResponse>(channel, method, callerCancels)
    where TRequest : class
    where TResponse : class
{
    /// <summary>
    /// Up to here the request is sent before the response is looked at, which costs a connection less. It is below the first window of a
    /// stream, so that no server can hold the request back by not reading it.
    /// </summary>
    private const int SentFirst = 32 * 1024;

    private byte[]? _sent;

    /// <summary>Sends the request; the response, or the failure of the call.</summary>
    public Task<TResponse> InvokeAsync(TRequest request, string? host, in CallOptions options)
    {
        ArgumentNullException.ThrowIfNull(request);
        return RunAsync(request, host, options).AsTask();
    }

    protected override HttpContent Content(TRequest? request, in CallOptions options)
    {
        var serializer = Method.RequestMarshaller.ContextualSerializer;
        var compress = RequestHead.Compresses(options);
        var frame = FrameWriter.Frame(request!, serializer, Channel.MaxSendMessageSize, compress);
        if (frame.Count > SentFirst)
        {
            return new UnaryContent<TRequest>(request!, serializer, Channel.MaxSendMessageSize, compress, frame);
        }

        _sent = frame.Array;
        // Not without a content-length: the handler would write down that the request is chunked, which costs more than the length.
        return new ByteArrayContent(frame.Array!, frame.Offset, frame.Count);
    }

    protected override void Finished()
    {
        // After a failure the connection may still hold the bytes, and somebody the token.
        if (Failure is not null)
        {
            return;
        }

        if (_sent is not null)
        {
            ArrayPool<byte>.Shared.Return(_sent);
        }

        Recycle();
    }
}
