using Mano.Mesh.Failures;
using Microsoft.AspNetCore.Http;

namespace Mano.Mesh.Rest;

/// <summary>Failures over HTTP: each kind has a status, and some reasons have one of their own.</summary>
public static class RestFailures
{
    /// <summary>If-Match names another representation: 412.</summary>
    public const string StaleEtag = "STALE_ETAG";

    /// <summary>The body is of a type that is not read here: 415.</summary>
    public const string WrongContentType = "WRONG_CONTENT_TYPE";

    /// <summary>None of the types that the caller takes is given here: 406.</summary>
    public const string NotAcceptable = "NOT_ACCEPTABLE";

    /// <summary>More bytes than are taken here: 413.</summary>
    public const string TooLarge = "BODY_TOO_LARGE";

    /// <summary>A path and query that are longer than is read here: 414.</summary>
    public const string TargetTooLong = "TARGET_TOO_LONG";

    private static readonly Dictionary<string, int> ByReason = new(StringComparer.Ordinal)
    {
        [StaleEtag] = StatusCodes.Status412PreconditionFailed,
        [WrongContentType] = StatusCodes.Status415UnsupportedMediaType,
        [NotAcceptable] = StatusCodes.Status406NotAcceptable,
        [TooLarge] = StatusCodes.Status413PayloadTooLarge,
        [TargetTooLong] = StatusCodes.Status414RequestUriTooLong,
        ["UPLOAD_OFFSET"] = StatusCodes.Status409Conflict, // it is a body's range that does not fit, not one that was asked for
        ["PACKAGE_TOO_LARGE"] = StatusCodes.Status413PayloadTooLarge,
    };

    /// <summary>The HTTP status of a failure. What the present state of the system refuses is 409, also when it is room that is missing: asking again at once does not help.</summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="full">What missing room is where a standard has another status for it.</param>
    public static int StatusOf(Failure failure, int full = StatusCodes.Status409Conflict) => ByReason.TryGetValue(failure.Reason, out var status) ? status : failure.Kind switch
    {
        FailureKind.InvalidInput => StatusCodes.Status400BadRequest,
        FailureKind.NotFound => StatusCodes.Status404NotFound,
        FailureKind.IllegalState or FailureKind.AlreadyExists or FailureKind.Conflict => StatusCodes.Status409Conflict,
        FailureKind.NoCapacity => full,
        FailureKind.OutOfRange => StatusCodes.Status416RangeNotSatisfiable,
        FailureKind.Unauthenticated => StatusCodes.Status401Unauthorized,
        FailureKind.Forbidden => StatusCodes.Status403Forbidden,
        FailureKind.Unavailable or FailureKind.Cancelled => StatusCodes.Status503ServiceUnavailable,
        FailureKind.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        FailureKind.Unimplemented => StatusCodes.Status501NotImplemented,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>The message, and every fault with its path unless the message has them: ProblemDetails has one field for people.</summary>
    public static string Sentence(Failure failure)
    {
        var more = failure.Faults.Where(f => !failure.Message.Contains(f.Message, StringComparison.Ordinal)).Select(f => f.ToString()).ToList();
        return more.Count == 0 ? failure.Message : $"{failure.Message} {string.Join("; ", more)}";
    }
}
