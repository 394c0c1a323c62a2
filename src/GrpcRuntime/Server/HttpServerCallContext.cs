using System.Net.Sockets;
using Grpc.Core;
using Mano.GrpcRuntime.Internal;
using Microsoft.AspNetCore.Http;

namespace Mano.GrpcRuntime.Server;

/// <summary>One call, over one HTTP/2 stream. What ends it is in <see cref="ServerCallEnd"/>.</summary>
internal sealed class HttpServerCallContext : ServerCallContext
{
    private readonly string _method;
    private Metadata? _requestHeaders;
    private Metadata? _trailers;
    private AuthContext? _auth;
    private string? _peer;

    public HttpServerCallContext(HttpContext http, string method, ServiceSettings settings, Microsoft.Extensions.Logging.ILogger log)
    {
        HttpContext = http;
        Settings = settings;
        _method = method;
        End = new ServerCallEnd(this, log);
    }

    public HttpContext HttpContext { get; }

    public ServiceSettings Settings { get; }

    public ServerCallEnd End { get; }

    /// <summary>How requests are packed.</summary>
    public string? RequestEncoding { get; private set; }

    /// <summary>Whether responses are packed.</summary>
    public bool Compresses { get; private set; }

    /// <summary>The trailers set so far, or null.</summary>
    public Metadata? Trailers => _trailers;

    protected override string MethodCore => _method;

    protected override string HostCore => HttpContext.Request.Host.Value ?? "";

    protected override string PeerCore => _peer ??= PeerOf(HttpContext.Connection);

    protected override DateTime DeadlineCore => End.Deadline;

    protected override CancellationToken CancellationTokenCore => End.CancellationToken;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= HeadersOf(HttpContext.Request);

    protected override Metadata ResponseTrailersCore => _trailers ??= [];

    protected override Status StatusCore { get; set; } = Status.DefaultSuccess;

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => _auth ??= CallerIdentity.Of(HttpContext.Connection.ClientCertificate);

    /// <summary>Reads the head of the request and prepares that of the response.</summary>
    /// <exception cref="RpcException">The head cannot be served.</exception>
    public void Begin()
    {
        var headers = HttpContext.Request.Headers;
        var response = HttpContext.Response;
        response.ContentType = GrpcProtocol.ContentType;
        if (headers.TryGetValue(GrpcProtocol.EncodingHeader, out var encoding))
        {
            RequestEncoding = encoding.ToString();
            if (RequestEncoding is not (GrpcProtocol.Identity or GrpcProtocol.Gzip))
            {
                response.Headers[GrpcProtocol.AcceptEncodingHeader] = GrpcProtocol.AcceptedEncodings;
                throw Failures.UnknownEncoding(RequestEncoding);
            }
        }

        if (Settings.Compresses)
        {
            TryCompress();
        }

        if (headers.TryGetValue(GrpcProtocol.TimeoutHeader, out var timeout))
        {
            End.StartDeadline(CallTimeout.TryParse(timeout.ToString(), out var span)
                ? span
                : throw Failures.Of(StatusCode.Internal, $"grpc-timeout '{timeout}' is malformed: one to eight digits and one of n, u, m, S, M, H are needed."));
        }
    }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotImplementedException("Give the Deadline and CancellationToken of this context to the CallOptions of the call.");

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        if (HttpContext.Response.HasStarted)
        {
            throw new InvalidOperationException("The response has started; headers are sent once, before the first message.");
        }

        if (responseHeaders.GetValue(GrpcProtocol.InternalEncodingRequestHeader) == GrpcProtocol.Gzip)
        {
            TryCompress();
        }

        GrpcResponse.Add(HttpContext.Response.Headers, responseHeaders);
        End.BeginWrite();
        try
        {
            await HttpContext.Response.BodyWriter.FlushAsync();
        }
        finally
        {
            End.EndWrite();
        }
    }

    private void TryCompress()
    {
        var accepted = HttpContext.Request.Headers[GrpcProtocol.AcceptEncodingHeader].ToString();
        Compresses = accepted.Split(',', StringSplitOptions.TrimEntries).Contains(GrpcProtocol.Gzip);
        if (Compresses)
        {
            HttpContext.Response.Headers[GrpcProtocol.EncodingHeader] = GrpcProtocol.Gzip;
        }
    }

    private static Metadata HeadersOf(HttpRequest request)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in request.Headers)
        {
            foreach (var value in values)
            {
                MetadataWire.AddTo(metadata, name, value);
            }
        }

        return metadata;
    }

    private static string PeerOf(ConnectionInfo connection) => connection.RemoteIpAddress switch
    {
        null => "unknown:",
        { AddressFamily: AddressFamily.InterNetwork } v4 => $"ipv4:{v4}:{connection.RemotePort}",
        { IsIPv4MappedToIPv6: true } mapped => $"ipv4:{mapped.MapToIPv4()}:{connection.RemotePort}",
        var v6 => $"ipv6:[{v6}]:{connection.RemotePort}",
    };
}
