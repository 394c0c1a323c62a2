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

    private static StatusCode CodeOf(Exception cause)
    {
        for (var ex = cause; ex is not null; ex = ex.InnerException)
        {
            switch (ex)
            {
                case HttpProtocolException reset:
                    return CodeOf(reset);
                case HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded }:
                    return StatusCode.ResourceExhausted;
                case HttpRequestException { HttpRequestError: HttpRequestError.VersionNegotiationError }:
                    return StatusCode.Internal;
                case OperationCanceledException:
                    return StatusCode.Cancelled;
            }
        }

        // No connection, or one that broke: asking again may help.
        return cause is HttpRequestException or IOException ? StatusCode.Unavailable : StatusCode.Internal;
    }

    private static StatusCode CodeOf(HttpProtocolException broken) => broken.ErrorCode switch
    {
        0x7 => StatusCode.Unavailable,         // REFUSED_STREAM: not processed at all
        0x8 => StatusCode.Cancelled,           // CANCEL
        0xb => StatusCode.ResourceExhausted,   // ENHANCE_YOUR_CALM
        0xc => StatusCode.PermissionDenied,    // INADEQUATE_SECURITY
        _ => IsOfConnection(broken) ? StatusCode.Unavailable : StatusCode.Internal,
    };

    // An unanswered keepalive ping and a GOAWAY come as this exception too, and only the message tells them from a stream that was reset;
    // "stream" is in the resource's key as well, should the texts be trimmed away.
    private static bool IsOfConnection(HttpProtocolException broken) => !broken.Message.Contains("stream", StringComparison.Ordinal);

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
