using Grpc.Core;
using Mano.GrpcRuntime.Internal;
using Microsoft.Extensions.Logging;

namespace Grpc.Net.Client;

/// <summary>How a channel reaches its server and what it bounds.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>Credentials; null: TLS for <c>https</c>, none for <c>http</c>.</summary>
    public ChannelCredentials? Credentials { get; set; }

    /// <summary>Largest message sent, in bytes; null: no limit, which is the default.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Largest message received, in bytes, unpacked; null: no limit.</summary>
    /// <value>The default is 4 MB, as in every gRPC implementation.</value>
    public int? MaxReceiveMessageSize { get; set; } = GrpcProtocol.DefaultMaxReceiveMessageSize;

    /// <summary>Where the channel logs to; null: nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>The client to call through; not together with <see cref="HttpHandler"/>.</summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>The handler to call through; null: a <see cref="SocketsHttpHandler"/> of the channel's own.</summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Whether disposing the channel disposes the client or handler it was given.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>Whether calls that their caller cancelled, and calls past their deadline, throw <see cref="OperationCanceledException"/> instead of <see cref="RpcException"/>.</summary>
    public bool ThrowOperationCanceledOnCancellation { get; set; }

    /// <summary>Whether call credentials are sent over plain text.</summary>
    public bool UnsafeUseInsecureChannelCallCredentials { get; set; }

    /// <summary>The HTTP version of requests; null: 2.0.</summary>
    public Version? HttpVersion { get; set; }

    /// <summary>How the version is agreed; null: exactly that one.</summary>
    public HttpVersionPolicy? HttpVersionPolicy { get; set; }
}
