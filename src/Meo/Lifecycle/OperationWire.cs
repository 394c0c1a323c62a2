using Google.Protobuf.WellKnownTypes;
using Mano.Meo.Lifecycle.Operations;
using Mano.Mesh.Failures;
using Mano.Sagas;
using Wire = Mano.Lifecycle.V1;

namespace Mano.Meo.Lifecycle;

/// <summary>Operations on the wire (MEC 010-2 AppLcmOpOcc).</summary>
internal static class OperationWire
{
    private const string SubjectPrefix = "app-instance/";

    public static Wire.Operation ToWire(OperationRecord record)
    {
        var wire = new Wire.Operation
        {
            OperationId = record.Id,
            AppInstanceId = record.Subject.StartsWith(SubjectPrefix, StringComparison.Ordinal) ? record.Subject[SubjectPrefix.Length..] : "",
            Kind = KindOf(record.Name),
            State = ToWire(MecStates.Of(record)),
            DetailedState = record.State.ToString(),
            CancelPending = record.IsCancelPending,
            StartTime = record.AcceptedAt.ToTimestamp(),
            StateEnteredTime = record.StateEnteredAt.ToTimestamp(),
            Deadline = record.Deadline.ToTimestamp(),
            Revision = record.Sequence,
        };
        wire.Steps.AddRange(record.Steps.Select(ToWire));
        if (record.Failure is { } failure)
        {
            wire.Failure = failure.ToWire();
        }

        if (record.Name == InstantiateAppOperation.Name)
        {
            wire.Placement = PlacementWire.ToWire(record.Input.Read(InstantiateAppOperation.InputType).Placement);
        }

        return wire;
    }

    private static Wire.Operation.Types.Kind KindOf(string name) =>
        name == InstantiateAppOperation.Name ? Wire.Operation.Types.Kind.Instantiate
        : name == OperateAppOperation.Name ? Wire.Operation.Types.Kind.Operate
        : name == TerminateAppOperation.Name || name == ForceTerminateAppOperation.Name ? Wire.Operation.Types.Kind.Terminate
        : Wire.Operation.Types.Kind.Unspecified;

    private static Wire.Operation.Types.State ToWire(MecOperationState state) => state switch
    {
        MecOperationState.Starting => Wire.Operation.Types.State.Starting,
        MecOperationState.Processing => Wire.Operation.Types.State.Processing,
        MecOperationState.Completed => Wire.Operation.Types.State.Completed,
        MecOperationState.FailedTemp => Wire.Operation.Types.State.FailedTemp,
        _ => Wire.Operation.Types.State.Failed,
    };

    private static Wire.Step ToWire(StepRecord step)
    {
        var wire = new Wire.Step
        {
            Name = step.Key,
            State = step.State switch
            {
                StepState.Started => Wire.StepState.Started,
                StepState.Succeeded => Wire.StepState.Succeeded,
                StepState.Failed => Wire.StepState.Failed,
                StepState.UndoStarted => Wire.StepState.UndoStarted,
                StepState.UndoFinished => Wire.StepState.UndoFinished,
                StepState.UndoFailed => Wire.StepState.UndoFailed,
                _ => Wire.StepState.Pending,
            },
            Message = step.Note ?? step.Failure?.Message ?? "",
            Attempts = step.Attempts,
        };
        if (step.StartedAt is { } started)
        {
            wire.StartTime = started.ToTimestamp();
        }

        if (step.EndedAt is { } ended)
        {
            wire.EndTime = ended.ToTimestamp();
        }

        return wire;
    }
}
