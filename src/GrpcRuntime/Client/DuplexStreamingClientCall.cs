using Grpc.Core;
using Grpc.Net.Client;

namespace Mano.GrpcRuntime.Client;

/// <summary>A stream each way.</summary>
internal sealed class DuplexStreamingClientCall<TRequest, TResponse> : StreamingResponseClientCall<TRequest, TResponse>, IRequestCall
    where TRequest : class
    where TResponse : class
{
    private readonly StreamingContent _content = new();

    public DuplexStreamingClientCall(GrpcChannel channel, Method<TRequest, TResponse> method, in CallOptions options)
        : base(channel, method, options.CancellationToken)
    {
        Requests = new RequestWriter<TRequest>(
            this, _content, method.RequestMarshaller.ContextualSerializer, channel.MaxSendMessageSize, RequestHead.Compresses(options))
        {
            WriteOptions = options.WriteOptions,
        };
    }

    public RequestWriter<TRequest> Requests { get; }

    CancellationToken IRequestCall.Cancelled => Cancelled;

    public void Start(string? host, in CallOptions options) => Start(_content, host, options);

    protected override void OnEnded() => _content.Abort();
}
