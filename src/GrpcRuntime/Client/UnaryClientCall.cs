using Grpc.Core;
using Grpc.Net.Client;
using Mano.GrpcRuntime.Internal;

namespace Mano.GrpcRuntime.Client;

/// <summary>One request, one response.</summary>
internal sealed class UnaryClientCall<TRequest, TResponse>(
    GrpcChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options)
    : SingleResponseClientCall<TRequest, TResponse>(channel, method, host, options)
    where TRequest : class
    where TResponse : class
{
    /// <summary>
    /// Up to here the request is sent before the response is looked at, which costs a connection less. It is below the first window of a
    /// stream, so that no server can hold the request back by not reading it.
    /// </summary>
    private const int SentFirst = 32 * 1024;

    private TRequest? _request;
    private PooledBuffer? _frame;

    public Task<TResponse> InvokeAsync(TRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        _request = request;
        return InvokeAsync();
    }

    protected override HttpContent Content()
    {
        var serializer = Method.RequestMarshaller.ContextualSerializer;
        var compress = RequestHead.Compresses(Options);
        var frame = UnaryContent<TRequest>.FrameOf(_request!, serializer, Channel.MaxSendMessageSize, compress);
        if (frame.Length > SentFirst)
        {
            return new UnaryContent<TRequest>(_request!, serializer, Channel.MaxSendMessageSize, compress, frame);
        }

        _frame = frame;
        return new ReadOnlyMemoryContent(frame.Written);
    }

    protected override void Finished()
    {
        // After a failure the connection may still hold the bytes, and somebody the token.
        if (Failure is null)
        {
            _frame?.Dispose();
            Recycle();
        }
    }
}
