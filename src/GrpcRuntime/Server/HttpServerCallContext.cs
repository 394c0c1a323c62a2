using System.Net.Sockets;
using Grpc.Core;
using Mano.GrpcRuntime.Internal;
using Microsoft.AspNetCore.Http;

namespace Mano.GrpcRuntime.Server;

/// <summary>One call, over one HTTP/2 stream.</summary>
internal sealed partial class HttpServerCallContext(HttpContext http, ServedMethod served) : ServerCallContext
{
    private readonly ServedMethod _served = served;
    private Metadata? _requestHeaders;
    private Metadata? _trailers;
    private SeldomUsed? _seldom;

    public HttpContext HttpContext { get; } = http;

    public ServiceSettings Settings => _served.Settings;

    /// <summary>Whether a request may be packed, with gzip.</summary>
    public bool RequestsMayBePacked { get; private set; }

    /// <summary>Whether responses are packed.</summary>
    public bool Compresses { get; private set; }

    protected override string MethodCore => _served.Name;

    protected override string HostCore => HttpContext.Request.Host.Value ?? "";

    protected override string PeerCore => Seldom.Peer ??= PeerOf(HttpContext.Connection);

    protected override Metadata RequestHeadersCore => _requestHeaders ??= HeadersOf(HttpContext.Request);

    protected override Metadata ResponseTrailersCore => _trailers ??= [];

    protected override Status StatusCore
    {
        get => _seldom?.Status ?? Status.DefaultSuccess;
        set => Seldom.Status = value;
    }

    protected override WriteOptions? WriteOptionsCore
    {
        get => _seldom?.WriteOptions;
        set => Seldom.WriteOptions = value;
    }

    protected override AuthContext AuthContextCore => Seldom.Auth ??= CallerIdentity.Of(HttpContext.Connection.ClientCertificate);

    private SeldomUsed Seldom => _seldom ??= new SeldomUsed();

    /// <summary>Reads the head of the request and prepares that of the response.</summary>
    /// <exception cref="RpcException">The head cannot be served.</exception>
    public void Begin()
    {
        var headers = HttpContext.Request.Headers;
        var response = HttpContext.Response;
        response.ContentType = GrpcProtocol.ContentType;
        if (headers.TryGetValue(GrpcProtocol.EncodingHeader, out var encoding))
        {
            var name = encoding.ToString();
            if (name is not (GrpcProtocol.Identity or GrpcProtocol.Gzip))
            {
                response.Headers[GrpcProtocol.AcceptEncodingHeader] = GrpcProtocol.AcceptedEncodings;
                throw Failures.UnknownEncoding(name);
            }

            RequestsMayBePacked = name == GrpcProtocol.Gzip;
        }

        if (Settings.Compresses)
        {
            TryCompress();
        }

        if (headers.TryGetValue(GrpcProtocol.TimeoutHeader, out var timeout))
        {
            StartDeadline(CallTimeout.TryParse(timeout.ToString(), out var span)
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
        BeginWrite();
        try
        {
            await HttpContext.Response.BodyWriter.FlushAsync();
        }
        finally
        {
            EndWrite();
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

    /// <summary>What few handlers ask for or set; the calls of all others do without.</summary>
    private sealed class SeldomUsed
    {
        public Status Status { get; set; } = Status.DefaultSuccess;

        public WriteOptions? WriteOptions { get; set; }

        public AuthContext? Auth { get; set; }

        public string? Peer { get; set; }
    }
}
