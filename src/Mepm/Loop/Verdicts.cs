using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Loop;

/// <summary>What a failure means for the next run; the one place that decides who tries again.</summary>
internal static class Verdicts
{
    /// <summary>Whether trying again, by itself, may help.</summary>
    public static bool IsWorthRetrying(Failure failure, Target target) => failure.Retryable || target switch
    {
        // Between the look and the attempt the other side changed: the next look tells.
        Target.Vim => failure.Kind == FailureKind.NotFound || failure.Reason is VimFailures.SpecConflict,
        Target.Platform => failure.Kind == FailureKind.NotFound || failure is { Kind: FailureKind.IllegalState, CurrentState: not null },
        _ => false,
    };

    /// <summary>Whether somebody else may cure it without a word to us, so that a rare attempt makes sense.</summary>
    public static bool MayBeCuredElsewhere(Failure failure) => failure.Kind is
        FailureKind.NoCapacity or FailureKind.IllegalState or FailureKind.NotFound or FailureKind.Forbidden
        or FailureKind.Unauthenticated or FailureKind.Internal or FailureKind.AlreadyExists;
}
