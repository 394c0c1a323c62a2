namespace Mano.Sagas;

/// <summary>MEC 010-2's operationState (AppLcmOpOcc).</summary>
public enum MecOperationState
{
    Starting,
    Processing,
    Completed,
    FailedTemp,
    Failed,
}

/// <summary>
/// The one place that turns our states into MEC 010-2's.
/// | ours                                        | MEC 010-2   |
/// | Waiting; Running before its grant           | STARTING    |
/// | Running; Unwinding                          | PROCESSING  |
/// | NeedsAttention                              | FAILED_TEMP |
/// | Completed                                   | COMPLETED   |
/// | RolledBack, Cancelled, Failed               | FAILED      |
/// </summary>
public static class MecStates
{
    /// <summary>The key of the step that asks for the grant; an operation without one needs no grant and is PROCESSING at once.</summary>
    public const string GrantStep = "grant";

    public static MecOperationState Of(OperationRecord operation) => operation.State switch
    {
        OperationState.Waiting => MecOperationState.Starting,
        OperationState.Running => IsGranted(operation) ? MecOperationState.Processing : MecOperationState.Starting,
        OperationState.Unwinding => MecOperationState.Processing,
        OperationState.NeedsAttention => MecOperationState.FailedTemp,
        OperationState.Completed => MecOperationState.Completed,
        _ => MecOperationState.Failed,
    };

    private static bool IsGranted(OperationRecord operation)
    {
        foreach (var step in operation.Steps)
        {
            if (step.Key == GrantStep)
            {
                return step.State == StepState.Succeeded;
            }
        }

        return true;
    }
}
