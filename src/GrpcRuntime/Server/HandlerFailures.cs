using Grpc.Core;
using Mano.GrpcRuntime.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mano.GrpcRuntime.Server;

/// <summary>What an exception out of a handler says to the caller: what a handler refuses with, goes; what it trips over, stays here.</summary>
internal static class HandlerFailures
{
    public static (Status Status, Metadata? Trailers) StatusOf(Exception cause, HttpServerCallContext context, ILogger log)
    {
        if (cause is RpcException refusal)
        {
            log.HandlerRefused(context.Method, refusal.StatusCode, refusal.Status.Detail);
            return (refusal.Status, refusal.Trailers);
        }

        if (cause is CallerGoneException || context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            log.CallerGone(context.Method);
            return (new Status(StatusCode.Cancelled, "The caller cancelled the call."), null);
        }

        if (cause is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } tooLarge)
        {
            return (new Status(StatusCode.ResourceExhausted, tooLarge.Message), null);
        }

        log.HandlerThrew(context.Method, cause);
        var detail = context.Settings.DetailedErrors
            ? $"Exception was thrown by handler. {cause.GetType().Name}: {cause.Message}"
            : "Exception was thrown by handler.";
        return (new Status(StatusCode.Unknown, detail), null);
    }
}
