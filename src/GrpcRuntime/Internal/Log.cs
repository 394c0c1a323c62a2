using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Mano.GrpcRuntime.Internal;

/// <summary>Everything the gRPC runtime says.</summary>
internal static partial class Log
{
    [LoggerMessage(9000, LogLevel.Error, "Handler of {Method} threw; the caller got UNKNOWN.")]
    public static partial void HandlerThrew(this ILogger log, string method, Exception exception);

    [LoggerMessage(9001, LogLevel.Debug, "Handler of {Method} refused with {Code}: {Detail}")]
    public static partial void HandlerRefused(this ILogger log, string method, StatusCode code, string detail);

    [LoggerMessage(9002, LogLevel.Debug, "Deadline of {Method} passed before its handler was done.")]
    public static partial void DeadlinePassed(this ILogger log, string method);

    [LoggerMessage(9003, LogLevel.Debug, "Caller of {Method} cancelled or went away.")]
    public static partial void CallerGone(this ILogger log, string method);

    [LoggerMessage(9004, LogLevel.Information, "Call of {Path} refused: {Reason}")]
    public static partial void CallRefused(this ILogger log, string path, string reason);

    [LoggerMessage(9005, LogLevel.Warning, "Call credentials of {Method} are not sent: the channel is plain text, and UnsafeUseInsecureChannelCallCredentials is off.")]
    public static partial void CredentialsNotSent(this ILogger log, string method);

    [LoggerMessage(9006, LogLevel.Warning, "The stream of {Method} was reset: a response could not be written whole.")]
    public static partial void ResponseBroken(this ILogger log, string method, Exception exception);
}
