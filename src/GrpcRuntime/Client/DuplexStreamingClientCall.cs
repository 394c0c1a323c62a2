using Grpc.Core;
using Grpc.Net.Client;

namespace Mano.GrpcRuntime.Client;

/// <summary>A stream each way.</summary>
internal sealed class DuplexStreamingClientCall<TRequest, TResponse> : StreamingResponseClientCall<TRequest, TResponse>, IRequestCall
    where TRequest : class
    where TResponse : class
{
    private readonly StreamingContent _content = new();

    public DuplexStreamingClientCall(GrpcChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options)
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

    public void Start() => Start(_content);

    protected override void OnEnded() => _content.Abort();
}
