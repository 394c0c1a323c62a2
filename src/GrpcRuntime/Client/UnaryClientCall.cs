using Grpc.Core;
using Grpc.Net.Client;

namespace Mano.GrpcRuntime.Client;

/// <summary>One request, one response.</summary>
internal sealed class UnaryClientCall<TRequest, TResponse>(
    GrpcChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options)
    : SingleResponseClientCall<TRequest, TResponse>(channel, method, host, options)
    where TRequest : class
    where TResponse : class
{
    protected override bool SendsOneRequest => true;

    public Task<TResponse> InvokeAsync(TRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return InvokeAsync(new UnaryContent<TRequest>(
            request, Method.RequestMarshaller.ContextualSerializer, Channel.MaxSendMessageSize, RequestHead.Compresses(Options)));
    }
}
