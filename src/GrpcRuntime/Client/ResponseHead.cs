using System.Net;
using Grpc.Core;
using Mano.GrpcRuntime.Internal;

namespace Mano.GrpcRuntime.Client;

/// <summary>The head of a response, found to be one of gRPC: whether messages may be packed (with gzip), and whether there are any.</summary>
internal readonly record struct ResponseHead(bool MayBePacked, bool TrailersOnly)
{
    /// <exception cref="RpcException">It is no response of gRPC, or one that cannot be read.</exception>
    public static ResponseHead Of(HttpResponseMessage response)
    {
        var headers = response.Headers.NonValidated;
        if (response.StatusCode != HttpStatusCode.OK)
        {
            // A proxy may have put a status of gRPC beside its own; that one says more.
            throw ResponseMetadata.TrailersOnlyFailure(response) ?? Failures.Of(
                CodeOf(response.StatusCode), $"The server answered HTTP {(int)response.StatusCode}, not 200: no gRPC server, or something before it, refused.");
        }

        response.Content.Headers.NonValidated.TryGetValues(GrpcProtocol.ContentTypeHeader, out var contentType);
        if (!GrpcProtocol.IsGrpcContentType(contentType.ToString()))
        {
            throw Failures.Of(StatusCode.Unknown, contentType.Count == 0
                ? "The response has no content-type; that of gRPC is application/grpc."
                : $"The response has content-type '{contentType}'; that of gRPC is application/grpc.");
        }

        if (headers.Contains(GrpcProtocol.StatusHeader))
        {
            return new ResponseHead(MayBePacked: false, TrailersOnly: true);
        }

        var encoding = headers.TryGetValues(GrpcProtocol.EncodingHeader, out var named) ? named.ToString() : null;
        return encoding is null or GrpcProtocol.Identity or GrpcProtocol.Gzip
            ? new ResponseHead(encoding == GrpcProtocol.Gzip, TrailersOnly: false)
            : throw Failures.Of(StatusCode.Internal, $"The server sends messages in encoding '{encoding}', which this client did not offer.");
    }

    /// <summary>http-grpc-status-mapping.md of the gRPC project.</summary>
    private static StatusCode CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        // Not in that document, and exactly what the code is for: metadata over the server's limit.
        HttpStatusCode.RequestHeaderFieldsTooLarge => StatusCode.ResourceExhausted,
        _ => StatusCode.Unknown,
    };
}
