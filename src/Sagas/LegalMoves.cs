namespace Mano.Sagas;

/// <summary>Which state may follow which; everything else is a bug and throws.</summary>
public static class LegalMoves
{
    private static readonly Dictionary<OperationState, OperationState[]> Operation = new()
    {
        [OperationState.Waiting] = [OperationState.Running, OperationState.Cancelled],
        [OperationState.Running] = [OperationState.Completed, OperationState.Unwinding, OperationState.NeedsAttention, OperationState.Failed],
        [OperationState.Unwinding] = [OperationState.RolledBack, OperationState.Cancelled, OperationState.NeedsAttention, OperationState.Failed],
        [OperationState.NeedsAttention] = [OperationState.Running, OperationState.Unwinding, OperationState.Failed],
        [OperationState.Completed] = [],
        [OperationState.RolledBack] = [],
        [OperationState.Cancelled] = [],
        [OperationState.Failed] = [],
    };

    private static readonly Dictionary<StepState, StepState[]> Step = new()
    {
        [StepState.Pending] = [StepState.Started],
        [StepState.Started] = [StepState.Succeeded, StepState.Failed],
        [StepState.Succeeded] = [StepState.UndoStarted],
        [StepState.Failed] = [StepState.UndoStarted, StepState.Started],
        [StepState.UndoStarted] = [StepState.UndoFinished, StepState.UndoFailed],
        [StepState.UndoFinished] = [],
        [StepState.UndoFailed] = [StepState.UndoStarted],
    };

    public static bool IsFinal(this OperationState state) => Operation[state].Length == 0;

    /// <summary>The states that may follow.</summary>
    public static IReadOnlyList<OperationState> After(OperationState state) => Operation[state];

    /// <summary>The states that may follow.</summary>
    public static IReadOnlyList<StepState> After(StepState state) => Step[state];

    internal static void Check(string operation, OperationState from, OperationState to)
    {
        if (!Operation[from].Contains(to))
        {
            throw new IllegalMoveException($"operation {operation}", $"{from}", $"{to}", Operation[from].Select(state => $"{state}"));
        }
    }

    internal static void Check(string operation, string step, StepState from, StepState to)
    {
        if (!Step[from].Contains(to))
        {
            throw new IllegalMoveException($"step {step} of operation {operation}", $"{from}", $"{to}", Step[from].Select(state => $"{state}"));
        }
    }
}

/// <summary>A move that the state machine does not have: a bug of ours, never an answer to a caller.</summary>
public sealed class IllegalMoveException(string what, string from, string to, IEnumerable<string> allowed)
    : InvalidOperationException($"Illegal move of {what} from {from} to {to}; from {from} it may go to: {Listed(allowed)}.")
{
    private static string Listed(IEnumerable<string> allowed) => string.Join(", ", allowed) is { Length: > 0 } list ? list : "nothing, it is final";
}
