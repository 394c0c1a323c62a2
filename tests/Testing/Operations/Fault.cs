using Mano.Sagas;

namespace Mano.Testing.Operations;

/// <summary>What goes wrong.</summary>
public enum FaultKind
{
    /// <summary>An error, and no effect.</summary>
    FailBefore,

    /// <summary>The effect happened, and then an error.</summary>
    LoseReply,

    /// <summary>The process dies before the effect.</summary>
    CrashBefore,

    /// <summary>The process dies after the effect, before anything of it is stored.</summary>
    CrashAfter,

    /// <summary>Somebody cancels the operation while the step runs.</summary>
    Cancel,
}

/// <summary>A fault in one step, forward or in its undo, some times in a row.</summary>
/// <param name="Step">Place in the table.</param>
/// <param name="InUndo">In the step's undo rather than the step.</param>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Times">In how many tries, from the first.</param>
/// <param name="Retryable">Whether the error says that trying again may help.</param>
public sealed record Fault(int Step, bool InUndo, FaultKind Kind, int Times, bool Retryable)
{
    internal string Describe(OperationTable table) =>
        $"{Kind}{(Kind is FaultKind.FailBefore or FaultKind.LoseReply ? Retryable ? " (retryable)" : " (final)" : "")} x{Times} in {(InUndo ? "undo of " : "")}{table.Steps[Step].Key}";
}
