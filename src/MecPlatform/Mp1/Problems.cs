using System.Text.Json;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Mp1;

/// <summary>
/// Every error of the REST port is a ProblemDetails (RFC 7807), whoever found it: a handler, the router, Kestrel. gRPC
/// requests are left alone.
/// </summary>
internal static class Problems
{
    public static void UseProblems(this WebApplication app) => app.Use(async (context, next) =>
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
            await Write(context, StatusOf(refused.Failure), Sentence(refused.Failure));
            return;
        }
        catch (BadHttpRequestException bad)
        {
            await Write(context, bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? Mp1Exchange.TooLarge : bad.Message);
            return;
        }
        catch (Exception bug) when (bug is not OperationCanceledException)
        {
            Mp1Log.RequestFailed(app.Logger, context.Request.Method, context.Request.Path, bug);
            await Write(context, StatusCodes.Status500InternalServerError, "The platform failed; the request may or may not have taken effect.");
            return;
        }

        if (context.Response is { StatusCode: >= 400, HasStarted: false, ContentType: null })
        {
            if (IsOnlyForGrpc(context))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                context.Response.Headers.Remove("Allow");
            }

            await Write(context, context.Response.StatusCode, DetailOf(context));
        }
    });

    public static int StatusOf(Failure failure) => failure switch
    {
        { Reason: Mp1Failures.StaleEtag } => StatusCodes.Status412PreconditionFailed,
        { Reason: Mp1Failures.WrongContentType } => StatusCodes.Status415UnsupportedMediaType,
        { Reason: Mp1Failures.NotAcceptable } => StatusCodes.Status406NotAcceptable,
        { Reason: Mp1Failures.TargetTooLong } => StatusCodes.Status414RequestUriTooLong,
        { Kind: FailureKind.InvalidInput } => StatusCodes.Status400BadRequest,
        { Kind: FailureKind.NotFound } => StatusCodes.Status404NotFound,
        { Kind: FailureKind.IllegalState or FailureKind.AlreadyExists or FailureKind.Conflict } => StatusCodes.Status409Conflict,
        { Kind: FailureKind.Forbidden } => StatusCodes.Status403Forbidden,
        { Kind: FailureKind.NoCapacity } => StatusCodes.Status429TooManyRequests,
        { Kind: FailureKind.Unavailable } => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>The router lets gRPC answer POST of any path of two parts, and so answers 405 where there is nothing.</summary>
    private static bool IsOnlyForGrpc(HttpContext context) =>
        context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
        && context.Response.Headers.Allow == "POST"
        && context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries).Length == 2;

    /// <summary>The message, and every fault with its path: ProblemDetails has one field for people.</summary>
    private static string Sentence(Failure failure) => failure.Faults.Count == 0
        ? failure.Message
        : $"{failure.Message} {string.Join(" ", failure.Faults.Select(f => $"{f.Path}: {f.Message}"))}";

    private static async Task Write(HttpContext context, int status, string detail)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        var allow = context.Response.Headers.Allow;
        context.Response.Clear();
        context.Response.Headers.Allow = allow;
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        var problem = new Problem("about:blank", TitleOf(status), status, detail, context.Url());
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(problem, Mp1Json.Default.Problem), context.RequestAborted);
    }

    private static string TitleOf(int status) => Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status);

    private static string DetailOf(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => $"There is no resource {context.Request.Path} here; application support is under /mec_app_support/v1 and /v2, service management under /mec_service_mgmt/v1.",
        StatusCodes.Status405MethodNotAllowed => $"{context.Request.Method} is not a method of {context.Request.Path}; {context.Response.Headers.Allow} {(context.Response.Headers.Allow.ToString().Contains(',', StringComparison.Ordinal) ? "are" : "is")}.",
        var other => $"{context.Request.Method} {context.Request.Path} was answered with {other}.",
    };
}

/// <summary>Failures that have a status code of their own over HTTP.</summary>
internal static class Mp1Failures
{
    public const string StaleEtag = "STALE_ETAG";
    public const string WrongContentType = "WRONG_CONTENT_TYPE";
    public const string NotAcceptable = "NOT_ACCEPTABLE";
    public const string TargetTooLong = "TARGET_TOO_LONG";
}
