using Grpc.Core;
using Grpc.Net.Client;
using Mano.GrpcRuntime.Internal;

namespace Mano.GrpcRuntime.Client;

/// <summary>The head of a request: path, protocol headers, metadata.</summary>
internal static class RequestHead
{
    /// <summary>
    /// Most characters of metadata in one request. Servers take 8 to 32 KB; what is far beyond, some of them answer by closing the connection,
    /// and with it all other calls on it.
    /// </summary>
    private const int MostMetadata = 64 * 1024;

    private static readonly string UserAgent = $"grpc-dotnet-mano/{typeof(RequestHead).Assembly.GetName().Version?.ToString(3)}";

    public static HttpRequestMessage Of(GrpcChannel channel, IMethod method, string? host, in CallOptions options, HttpContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, channel.PathOf(method))
        {
            Version = channel.HttpVersion,
            VersionPolicy = channel.HttpVersionPolicy,
            Content = content,
        };
        content.Headers.TryAddWithoutValidation(GrpcProtocol.ContentTypeHeader, GrpcProtocol.ContentType);
        var headers = request.Headers;
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation("user-agent", UserAgent);
        headers.TryAddWithoutValidation(GrpcProtocol.AcceptEncodingHeader, GrpcProtocol.AcceptedEncodings);
        if (host is not null)
        {
            headers.Host = host;
        }

        if (options.Deadline is { } deadline && deadline != DateTime.MaxValue)
        {
            var left = deadline.ToUniversalTime() - TimeProvider.System.GetUtcNow().UtcDateTime;
            headers.TryAddWithoutValidation(GrpcProtocol.TimeoutHeader, CallTimeout.Encode(left));
        }

        if (options.Headers is { Count: > 0 } metadata)
        {
            AddMetadata(request, metadata);
        }

        return request;
    }

    /// <summary>Whether the metadata asks for compressed requests.</summary>
    public static bool Compresses(in CallOptions options)
    {
        var encoding = options.Headers?.GetValue(GrpcProtocol.InternalEncodingRequestHeader);
        return encoding switch
        {
            null or GrpcProtocol.Identity => false,
            GrpcProtocol.Gzip => true,
            _ => throw Failures.Of(StatusCode.Internal, $"Requests cannot be sent in encoding '{encoding}'; 'gzip' and 'identity' can."),
        };
    }

    public static async Task AddCredentialsAsync(
        HttpRequestMessage request, GrpcChannel channel, IMethod method, CallOptions options, CancellationToken cancellationToken)
    {
        var context = new AuthInterceptorContext($"{channel.Address.Scheme}://{channel.Address.Authority}/{method.ServiceName}", method.Name, cancellationToken);
        var metadata = new Metadata();
        foreach (var interceptor in channel.Credentials.Interceptors)
        {
            await interceptor(context, metadata);
        }

        foreach (var interceptor in options.Credentials is { } own ? ChannelCallCredentials.Of(own) : [])
        {
            await interceptor(context, metadata);
        }

        AddMetadata(request, metadata);
    }

    private static void AddMetadata(HttpRequestMessage request, Metadata metadata)
    {
        var size = 0;
        foreach (var entry in metadata)
        {
            size += entry.Key.Length + (entry.IsBinary ? entry.RawBytes.Length : entry.Value.Length);
            if (size > MostMetadata)
            {
                throw Failures.Of(StatusCode.ResourceExhausted, $"The metadata of the call is larger than {MostMetadata} bytes; move what is large into the message.");
            }

            if (entry.Key == GrpcProtocol.InternalEncodingRequestHeader)
            {
                request.Headers.TryAddWithoutValidation(GrpcProtocol.EncodingHeader, entry.Value);
            }
            else if (!GrpcProtocol.IsReserved(entry.Key))
            {
                request.Headers.TryAddWithoutValidation(entry.Key, MetadataWire.ValueOf(entry));
            }
        }
    }
}
