using Mano.Mesh.Failures;

namespace Mano.VimAdapters.Conformance;

/// <summary>Kinds of failures as the contract spells them.</summary>
internal static class Words
{
    public static string Code(FailureKind kind) => kind switch
    {
        FailureKind.InvalidInput => "INVALID_ARGUMENT",
        FailureKind.NotFound => "NOT_FOUND",
        FailureKind.AlreadyExists => "ALREADY_EXISTS",
        FailureKind.IllegalState => "FAILED_PRECONDITION",
        FailureKind.Conflict => "ABORTED",
        FailureKind.NoCapacity => "RESOURCE_EXHAUSTED",
        FailureKind.Forbidden => "PERMISSION_DENIED",
        FailureKind.Unavailable => "UNAVAILABLE",
        FailureKind.DeadlineExceeded => "DEADLINE_EXCEEDED",
        FailureKind.Cancelled => "CANCELLED",
        FailureKind.Unimplemented => "UNIMPLEMENTED",
        _ => "INTERNAL",
    };

    public static string Code(Failure failure) => Code(failure.Kind) + (failure is { Kind: FailureKind.Conflict, Retryable: true } ? " (retryable)" : "");
}
