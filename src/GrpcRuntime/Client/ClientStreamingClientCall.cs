using Grpc.Core;
using Grpc.Net.Client;

namespace Mano.GrpcRuntime.Client;

/// <summary>A stream of requests, one response.</summary>
internal sealed class ClientStreamingClientCall<TRequest, TResponse> : SingleResponseClientCall<TRequest, TResponse>, IRequestCall
    where TRequest : class
    where TResponse : class
{
    private readonly StreamingContent _content = new();
    private Task? _answer;

    public ClientStreamingClientCall(GrpcChannel channel, Method<TRequest, TResponse> method, in CallOptions options)
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

    /// <summary>Opens the stream of requests; the response, or the failure of the call.</summary>
    public Task<TResponse> InvokeAsync(string? host, in CallOptions options)
    {
        var answer = RunAsync(null, host, options).AsTask();
        _answer = answer;
        return answer;
    }

    protected override Task AnswerAsync() => _answer is null ? Task.CompletedTask : Task.WhenAny(_answer);

    protected override HttpContent Content(TRequest? request, in CallOptions options) => _content;

    protected override void OnEnded() => _content.Abort();
}
