using System.Text.Json;
using Mano.Mesh.Failures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mano.Mesh.Rest;

/// <summary>
/// Every error of a REST port is a ProblemDetails (RFC 7807), whoever found it: a handler, the router, Kestrel. gRPC requests are
/// left alone.
/// </summary>
public static class RestProblems
{
    /// <param name="app">Called before what can fail is mapped.</param>
    /// <param name="there">Says to whoever asked for a path that does not exist where resources are: one sentence.</param>
    /// <param name="failed">Logs a bug.</param>
    /// <param name="full">The status of missing room.</param>
    public static void UseRestProblems(
        this WebApplication app, string there, Action<ILogger, string, string, Exception> failed, int full = StatusCodes.Status409Conflict) => app.Use(async (context, next) =>
    {
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true)
        {
            await next(context);
            return;
        }

        try
        {
            await next(context);
        }
        catch (FailureException refused)
        {
            await Write(context, ProblemDetails.Of(refused.Failure, RestFailures.StatusOf(refused.Failure, full), context.Url()), refused.Failure.Kind == FailureKind.Unavailable);
            return;
        }
        catch (BadHttpRequestException bad)
        {
            await Write(context, ProblemDetails.Of(bad.StatusCode, Sentence(bad), context.Url()));
            return;
        }
        catch (Exception bug) when (!context.RequestAborted.IsCancellationRequested)
        {
            failed(app.Logger, context.Request.Method, context.Request.Path, bug);
            await Write(context, ProblemDetails.Of(
                StatusCodes.Status500InternalServerError, "The server failed; the request may or may not have taken effect. Look, then ask again.", context.Url()));
            return;
        }

        if (context.Response is { StatusCode: >= 400, HasStarted: false, ContentType: null })
        {
            if (IsOnlyForGrpc(context))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                context.Response.Headers.Remove("Allow");
            }

            await Write(context, ProblemDetails.Of(context.Response.StatusCode, DetailOf(context, there), context.Url()));
        }
    });

    /// <summary>The router lets gRPC answer POST of any path of two parts, and so answers 405 where there is nothing.</summary>
    private static bool IsOnlyForGrpc(HttpContext context) =>
        context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
        && context.Response.Headers.Allow == "POST"
        && context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries).Length == 2;

    private static string Sentence(BadHttpRequestException bad) => bad.StatusCode == StatusCodes.Status413PayloadTooLarge
        ? $"The body has too many bytes: {bad.Message}"
        : bad.Message;

    private static async Task Write(HttpContext context, ProblemDetails problem, bool mayRetry = false)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        var allow = context.Response.Headers.Allow;
        var range = context.Response.Headers.ContentRange;
        context.Response.Clear();
        context.Response.Headers.Allow = allow;
        context.Response.Headers.ContentRange = range;
        if (mayRetry)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        context.Response.StatusCode = problem.Status;
        context.Response.ContentType = "application/problem+json";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(problem, ProblemJson.Default.ProblemDetails), context.RequestAborted);
    }

    private static string DetailOf(HttpContext context, string there) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => $"There is no resource {context.Request.Path} here; {there}",
        StatusCodes.Status405MethodNotAllowed =>
            $"{context.Request.Method} is not a method of {context.Request.Path}; {string.Join(", ", context.Response.Headers.Allow.ToArray())} {(context.Response.Headers.Allow.ToString().Contains(',', StringComparison.Ordinal) ? "are" : "is")}.",
        var other => $"{context.Request.Method} {context.Request.Path} was answered with {other}.",
    };
}
