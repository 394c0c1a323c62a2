using System.Collections.Immutable;
using Mano.Mesh.Failures;

namespace Mano.Sagas;

/// <summary>
/// The moves of an operation, as pure functions from one record to the next. What one of them returns is what one commit
/// stores: the end of a step together with the start of the next one.
/// </summary>
internal static class Moves
{
    /// <summary>
    /// Runs the decisions that come next and starts the effect after them, or completes the operation. A refused decision
    /// begins the unwinding. Changes nothing while a step is started.
    /// </summary>
    public static OperationRecord Advance(OperationRecord record, OperationTable table, object input, DateTimeOffset now)
    {
        for (var i = 0; i < table.Steps.Length; i++)
        {
            switch (record.Steps[i].State)
            {
                case StepState.Succeeded:
                    continue;
                case StepState.Started:
                    return record;
                case StepState.Pending when table.Steps[i].Kind is StepKind.Decision or StepKind.Accepted:
                    record = Move(record, i, StepState.Started, now);
                    if (!Decided(record, table, input, i).TryGet(out var output, out var failure))
                    {
                        return GiveUp(record, table, i, failure, now);
                    }

                    record = Succeed(record, i, output, now);
                    continue;
                default:
                    return Move(record, i, StepState.Started, now);
            }
        }

        return Enter(record, OperationState.Completed, now);
    }

    /// <summary>
    /// The first effect is started, and what comes before it decided, by the very commit that accepts the operation. A table that
    /// ends before its first effect, or a decision that is refused, is left to the run.
    /// </summary>
    public static OperationRecord Accept(OperationRecord record, OperationTable table, object input, DateTimeOffset now)
    {
        var begun = Advance(record, table, input, now);
        return begun.State == OperationState.Running ? begun : record;
    }

    public static OperationRecord Succeed(OperationRecord record, int step, RawJson output, DateTimeOffset now, int attempts = 1) =>
        Change(Move(record, step, StepState.Succeeded, now), step, s => s with { Output = output, Attempts = Math.Max(s.Attempts, attempts), Failure = null });

    /// <summary>The step gave up: the first undo starts, or, past the point of no return, a person is needed.</summary>
    public static OperationRecord GiveUp(OperationRecord record, OperationTable table, int step, Failure failure, DateTimeOffset now)
    {
        record = Change(Move(record, step, StepState.Failed, now), step, s => s with { Failure = failure }) with { Failure = failure };
        return IsPastReturn(record, table)
            ? Enter(record, OperationState.NeedsAttention, now)
            : NextUndo(Enter(record, OperationState.Unwinding, now), table, now);
    }

    /// <summary>Whether a step that has no undo has started.</summary>
    public static bool IsPastReturn(OperationRecord record, OperationTable table)
    {
        for (var i = 0; i < table.Steps.Length; i++)
        {
            if (table.Steps[i].Kind == StepKind.Final && record.Steps[i].State != StepState.Pending)
            {
                return true;
            }
        }

        return false;
    }

    public static OperationRecord Undone(OperationRecord record, OperationTable table, int step, DateTimeOffset now) =>
        NextUndo(Move(record, step, StepState.UndoFinished, now), table, now);

    public static OperationRecord UndoGaveUp(OperationRecord record, int step, Failure failure, DateTimeOffset now) => Enter(
        Change(Move(record, step, StepState.UndoFailed, now), step, s => s with { Failure = failure }) with
        {
            Failure = record.Failure ?? failure,
        },
        OperationState.NeedsAttention,
        now);

    /// <summary>A person wants the step that gave up tried again.</summary>
    public static OperationRecord Retry(OperationRecord record, DateTimeOffset now)
    {
        var undo = IndexOf(record, StepState.UndoFailed);
        record = record with { Asked = null };
        if (undo >= 0)
        {
            return Enter(Move(record, undo, StepState.UndoStarted, now), OperationState.Unwinding, now);
        }

        var step = IndexOf(record, StepState.Failed);
        return Enter(Move(record, step, StepState.Started, now), OperationState.Running, now) with { Deadline = now + record.Timeout, Failure = null };
    }

    /// <summary>A person gives it up.</summary>
    public static OperationRecord Fail(OperationRecord record, DateTimeOffset now) => Enter(record, OperationState.Failed, now);

    /// <summary>Another operation takes the subject over: this one ends as it is, and nothing of it is undone here.</summary>
    public static OperationRecord TakeOver(OperationRecord record, Failure failure, DateTimeOffset now) =>
        Enter(record, OperationState.Failed, now) with { Failure = failure };

    /// <summary>When the undo under way became due: when the unwinding began (again), or the undo before it was done.</summary>
    public static DateTimeOffset UndoBegan(OperationRecord record)
    {
        var began = record.StateEnteredAt;
        foreach (var step in record.Steps)
        {
            began = step is { State: StepState.UndoFinished, EndedAt: { } ended } && ended > began ? ended : began;
        }

        return began;
    }

    /// <summary>The subject is free: the wait is over, and time begins to count.</summary>
    public static OperationRecord Begin(OperationRecord record, OperationTable table, object input, DateTimeOffset now) =>
        Advance(Enter(record, OperationState.Running, now) with { Deadline = now + record.Timeout }, table, input, now);

    /// <summary>Called off before it began.</summary>
    public static OperationRecord CancelWaiting(OperationRecord record, Failure failure, DateTimeOffset now) =>
        Enter(record, OperationState.Cancelled, now) with { Failure = failure };

    public static OperationRecord Note(OperationRecord record, int step, string note, int? percent, Failure? failure, int attempts) =>
        Change(record, step, s => s with { Note = note, Percent = percent, Failure = failure ?? s.Failure, Attempts = Math.Max(s.Attempts, attempts) });

    public static int IndexOf(OperationRecord record, StepState state)
    {
        for (var i = 0; i < record.Steps.Length; i++)
        {
            if (record.Steps[i].State == state)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Every effect that started is undone, whatever became of it; last first.</summary>
    private static OperationRecord NextUndo(OperationRecord record, OperationTable table, DateTimeOffset now)
    {
        for (var i = table.Steps.Length - 1; i >= 0; i--)
        {
            if (table.Steps[i].Kind is StepKind.Effect or StepKind.Accepted && record.Steps[i].State is (StepState.Succeeded or StepState.Failed))
            {
                return Move(record, i, StepState.UndoStarted, now);
            }
        }

        var cancelled = record.Failure is { Kind: FailureKind.Cancelled };
        return Enter(record, cancelled ? OperationState.Cancelled : OperationState.RolledBack, now);
    }

    private static Outcome<RawJson> Decided(OperationRecord record, OperationTable table, object input, int step)
    {
        try
        {
            return table.Decide(step, table.Context(record, input, attempt: 1, fence: null, report: null));
        }
#pragma warning disable CA1031 // whatever a decision throws is a bug that must end this operation, not the process
        catch (Exception bug)
#pragma warning restore CA1031
        {
            return Failure.From(bug);
        }
    }

    private static OperationRecord Enter(OperationRecord record, OperationState state, DateTimeOffset now)
    {
        LegalMoves.Check(record.Id, record.State, state);
        return record with { State = state, StateEnteredAt = now };
    }

    private static OperationRecord Move(OperationRecord record, int step, StepState state, DateTimeOffset now)
    {
        var from = record.Steps[step];
        LegalMoves.Check(record.Id, from.Key, from.State, state);
        return Change(record, step, s => state is StepState.Started or StepState.UndoStarted
            ? s with { State = state, StartedAt = s.StartedAt ?? now, EndedAt = null, Attempts = s.Attempts + 1 }
            : s with { State = state, EndedAt = now, Note = null, Percent = null });
    }

    private static OperationRecord Change(OperationRecord record, int step, Func<StepRecord, StepRecord> change) =>
        record with { Steps = record.Steps.SetItem(step, change(record.Steps[step])) };
}
