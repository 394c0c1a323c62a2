using Mano.MecPlatform.AppSupport;
using Mano.Mesh.Failures;
using Mano.Mesh.Rest;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Mano.MecPlatform.Mp1;

/// <summary>What every request to Mp1 has to pass before its resource sees it.</summary>
internal static class Mp1Gate
{
    /// <summary>A longer path and query is refused (414): ten names and ids fit many times.</summary>
    private const int MaxTarget = 8 * 1024;

    private static readonly string[] Answers = ["application/json", "application/problem+json"];

    /// <summary>Inside of <see cref="RestProblems.UseRestProblems"/>, which makes answers of the refusals.</summary>
    public static void UseMp1Gate(this WebApplication app, Mp1Access access) => app.Use((context, next) =>
    {
        if (context.Request.Path.StartsWithSegments("/mec_app_support", StringComparison.Ordinal)
            || context.Request.Path.StartsWithSegments("/mec_service_mgmt", StringComparison.Ordinal))
        {
            Check(context, access);
        }

        return next(context);
    });

    private static void Check(HttpContext context, Mp1Access access)
    {
        var request = context.Request;
        if (request.Headers.ContainsKey(CallbackPoster.Mark))
        {
            throw Failure.Forbidden(
                "NOTIFICATION", "This is a notification of a MEC platform, whose callbackReference leads to a platform; it has to lead to the application.").ToException();
        }

        if (request.Path.Value!.Length + request.QueryString.Value!.Length > MaxTarget)
        {
            throw Failure.InvalidInput(RestFailures.TargetTooLong, $"The path and query have more than {MaxTarget} characters; ask for fewer at once.").ToException();
        }

        if (context.GetEndpoint() is null)
        {
            return; // 404 by the router
        }

        if (!Accepts(request.Headers.Accept))
        {
            throw Failure.InvalidInput(RestFailures.NotAcceptable, $"The Accept header is '{request.Headers.Accept}', but answers are application/json; accept that, or leave the header out.").ToException();
        }

        if (request.RouteValues.TryGetValue("appInstanceId", out var id) && id is string instance)
        {
            access.Require(instance, context.Connection.RemoteIpAddress);
        }
    }

    private static bool Accepts(StringValues accept) =>
        accept.Count == 0
        || !MediaTypeHeaderValue.TryParseList([.. accept.OfType<string>()], out var wanted)
        || wanted.Any(w => w.Quality != 0 && Answers.Any(a => new MediaTypeHeaderValue(a).IsSubsetOf(w)));
}
