using Grpc.Core;
using Grpc.Net.Client;

namespace Mano.GrpcRuntime.Client;

/// <summary>One request, a stream of responses.</summary>
internal sealed class ServerStreamingClientCall<TRequest, TResponse>(
    GrpcChannel channel, Method<TRequest, TResponse> method, CancellationToken callerCancels)
    : StreamingResponseClientCall<TRequest, TResponse>(channel, method, callerCancels)
    where TRequest : class
    where TResponse : class
{
    public void Start(TRequest request, string? host, in CallOptions options)
    {
        ArgumentNullException.ThrowIfNull(request);
        var content = new UnaryContent<TRequest>(
            request, Method.RequestMarshaller.ContextualSerializer, Channel.MaxSendMessageSize, RequestHead.Compresses(options));
        Start(content, host, options);
    }
}
