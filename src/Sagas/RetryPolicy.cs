using Mano.Mesh.Failures;

namespace Mano.Sagas;

/// <summary>Who tries again, after what, and for how long: the one place.</summary>
internal sealed class RetryPolicy(SagaOptions options)
{
    /// <summary>
    /// Until when an undo that began then is tried: for its budget, whatever restarts came in between; but at least for a part of
    /// it from now on, because whoever was down may have been down together with what is to be undone.
    /// </summary>
    public DateTimeOffset UndoUntil(DateTimeOffset began, DateTimeOffset now)
    {
        var (whole, least) = (began + options.UndoBudget, now + (options.UndoBudget / 6));
        return whole > least ? whole : least;
    }

    /// <summary>Whether the same step, run again, may succeed. What is wrong in itself is unwound at once.</summary>
    public static bool IsWorthRetrying(Failure failure) => failure.Kind switch
    {
        FailureKind.Unavailable or FailureKind.DeadlineExceeded or FailureKind.Conflict => failure.Retryable,

        // We did not cancel it (the caller of this has looked): the other side did, as a server does that goes down.
        FailureKind.Cancelled => true,
        _ => false,
    };

    /// <summary>
    /// An undo has more patience: what is worth retrying is tried until the budget is spent, anything else a few times,
    /// because the price of giving up is a person's time.
    /// </summary>
    public bool IsUndoWorthRetrying(Failure failure, int attempt, bool isSpent) =>
        !isSpent && (IsWorthRetrying(failure) || attempt < options.UndoAttempts);

    /// <summary>Doubles from the first delay to the longest, then half of it at random, so that a thousand operations do not knock together.</summary>
    public TimeSpan Delay(string operationId, int attempt)
    {
        var full = Math.Min(options.LongestDelay.TotalMilliseconds, options.FirstDelay.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 30) - 1));

        // Seeded from the operation, so that a run can be replayed.
#pragma warning disable CA5394 // spreads load; nothing secret depends on it
        var part = new Random(unchecked((int)OperationKeys.StableHash(operationId) + attempt)).NextDouble();
#pragma warning restore CA5394
        return TimeSpan.FromMilliseconds(full * (0.5 + (part / 2)));
    }
}
