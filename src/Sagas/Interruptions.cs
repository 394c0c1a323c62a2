using Mano.Mesh.Failures;

namespace Mano.Sagas;

/// <summary>The sentences for an operation that ends before its steps are done.</summary>
internal static class Interruptions
{
    public const string CancelledReason = "CANCELLED";
    public const string DeadlineReason = "OPERATION_DEADLINE";
    public const string TakenOverReason = "TAKEN_OVER";

    public static Failure Cancelled(Ask asked) => Failure.Cancelled(
        CancelledReason,
        asked.Kind is AskKind.Preempt or AskKind.TakeOver
            ? $"Operation {asked.By} has taken over the same subject, so this one was called off."
            : $"The operation was called off by {asked.By}.");

    public static Failure TakenOver(OperationRecord record, Ask asked) => Failure.Cancelled(
        TakenOverReason,
        $"Operation {asked.By} has taken {record.Subject} over as it was, and takes away what this one had begun."
            + (record.Failure is { } before ? $" This one had met: {before.Message}" : ""),
        record.Subject);

    public static Failure TimeUp(OperationRecord record, int step, Failure? last)
    {
        var at = record.Steps[step];
        var failure = last is { Kind: not FailureKind.Cancelled } ? last : at.Failure;
        var why = failure is not null ? $" Its last failure: {failure.Message}" : at.Note is not null ? $" It was at: {at.Note}." : "";
        return Failure.DeadlineExceeded(
            DeadlineReason,
            $"The operation was not done after {record.Timeout.TotalSeconds:0.###} s, while step {at.Key} was under way.{why} Allow more time, or cure what holds the step up.",
            record.Subject) with { Retryable = false };
    }
}
