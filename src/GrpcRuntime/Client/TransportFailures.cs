using System.Net.Sockets;
using Grpc.Core;

namespace Mano.GrpcRuntime.Client;

/// <summary>What went wrong below gRPC, as a status (section "Errors" of PROTOCOL-HTTP2.md).</summary>
internal static class TransportFailures
{
    public static RpcException ToRpcException(Exception cause)
    {
        for (var ex = cause.InnerException; ex is not null; ex = ex.InnerException)
        {
            if (ex is RpcException ours)
            {
                return ours;
            }
        }

        var code = CodeOf(cause);
        return new RpcException(new Status(code, $"{Sentence(code)} {Chain(cause)}", cause));
    }

    /// <summary>The connection went away under a request that was being sent, or never came to be; of a cause that says more, that is told.</summary>
    public static RpcException Lost(Exception cause)
    {
        var known = cause.InnerException is { } inner and not OperationCanceledException ? CodeOf(inner) : StatusCode.Unavailable;
        var code = known == StatusCode.Internal ? StatusCode.Unavailable : known;
        return new(new Status(code, $"{Sentence(code)} {Chain(cause)}", cause));
    }

    private static StatusCode CodeOf(Exception cause)
    {
        for (var ex = cause; ex is not null; ex = ex.InnerException)
        {
            switch (ex)
            {
                case HttpProtocolException protocol:
                    return IsStreamReset(protocol) ? CodeOfReset(protocol.ErrorCode) : CodeOfLostConnection(protocol.ErrorCode);
                case HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded }:
                    return StatusCode.ResourceExhausted;
                case Exception any when IsHeaderLimit(any):
                    return StatusCode.ResourceExhausted;
                case HttpRequestException { HttpRequestError: HttpRequestError.VersionNegotiationError }:
                    return StatusCode.Internal;
                case OperationCanceledException:
                    return StatusCode.Cancelled;
            }
        }

        // No connection, or one that broke: asking again may help. A connection that is reset before its first byte comes
        // out of the handler as a bare SocketException.
        return cause is HttpRequestException or IOException or SocketException ? StatusCode.Unavailable : StatusCode.Internal;
    }

    // The handler keeps the header limits of both sides, and has no code of its own for it; messages are invariant English here.
    private static bool IsHeaderLimit(Exception ex) => ex.Message.Contains("headers length exceeded", StringComparison.Ordinal);

    // One exception type stands for a reset of the stream, for GOAWAY, and for a keepalive ping without an answer; only the message tells
    // them apart. The word is in the key of the resource as well, should the texts be trimmed away.
    private static bool IsStreamReset(HttpProtocolException ex) => ex.Message.Contains("stream", StringComparison.Ordinal);

    private static StatusCode CodeOfLostConnection(long http2Code) =>
        http2Code == 0xb ? StatusCode.ResourceExhausted : StatusCode.Unavailable;

    private static StatusCode CodeOfReset(long http2Code) => http2Code switch
    {
        0x7 => StatusCode.Unavailable,         // REFUSED_STREAM: not processed at all
        0x8 => StatusCode.Cancelled,           // CANCEL
        0xb => StatusCode.ResourceExhausted,   // ENHANCE_YOUR_CALM
        0xc => StatusCode.PermissionDenied,    // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };

    private static string Sentence(StatusCode code) => code switch
    {
        StatusCode.Unavailable => "The server cannot be reached or went away.",
        StatusCode.ResourceExhausted => "The call is larger than the peer takes.",
        _ => "The call broke.",
    };

    private static string Chain(Exception cause)
    {
        var text = $"{cause.GetType().Name}: {cause.Message}";
        for (var ex = cause.InnerException; ex is not null; ex = ex.InnerException)
        {
            text += $" {ex.GetType().Name}: {ex.Message}";
        }

        return text;
    }
}
