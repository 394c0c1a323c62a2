using Grpc.Core;
using Grpc.Net.Client;

namespace Mano.GrpcRuntime.Client;

/// <summary>One request, a stream of responses.</summary>
internal sealed class ServerStreamingClientCall<TRequest, TResponse>(
    GrpcChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options)
    : StreamingResponseClientCall<TRequest, TResponse>(channel, method, host, options)
    where TRequest : class
    where TResponse : class
{
    public void Start(TRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Start(new UnaryContent<TRequest>(
            request, Method.RequestMarshaller.ContextualSerializer, Channel.MaxSendMessageSize, RequestHead.Compresses(Options)));
    }
}
