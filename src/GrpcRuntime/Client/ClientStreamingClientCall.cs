using Grpc.Core;
using Grpc.Net.Client;

namespace Mano.GrpcRuntime.Client;

/// <summary>A stream of requests, one response.</summary>
internal sealed class ClientStreamingClientCall<TRequest, TResponse> : SingleResponseClientCall<TRequest, TResponse>, IRequestCall
    where TRequest : class
    where TResponse : class
{
    private readonly StreamingContent _content = new();

    public ClientStreamingClientCall(GrpcChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options)
        : base(channel, method, host, options)
    {
        Requests = new RequestWriter<TRequest>(
            this, _content, method.RequestMarshaller.ContextualSerializer, channel.MaxSendMessageSize, RequestHead.Compresses(options))
        {
            WriteOptions = options.WriteOptions,
        };
    }

    public RequestWriter<TRequest> Requests { get; }

    CancellationToken IRequestCall.Cancelled => Cancelled;

    protected override HttpContent Content() => _content;

    protected override void OnEnded() => _content.Abort();
}
