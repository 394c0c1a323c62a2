using System.Text.Json.Serialization;
using Mano.Meo.Lifecycle.Operations;
using Mano.Mesh.Rest;
using Mano.Sagas;

namespace Mano.Meo.Rest.AppLcm;

/// <summary>MEC 010-2 AppLcmOpOcc (clause 6.2.2.13).</summary>
internal sealed record AppLcmOpOcc
{
    private const string SubjectPrefix = "app-instance/";

    public required string Id { get; init; }

    /// <summary>STARTING, PROCESSING, COMPLETED, FAILED_TEMP or FAILED.</summary>
    public required string OperationState { get; init; }

    public required TimeStamp StateEnteredTime { get; init; }

    public required TimeStamp StartTime { get; init; }

    /// <summary>INSTANTIATE, OPERATE or TERMINATE.</summary>
    public required string LcmOperation { get; init; }

    public OperationParams? OperationParams { get; init; }

    public required bool IsCancelPending { get; init; }

    /// <summary>Only while a cancellation is pending.</summary>
    public CancelRequest? CancelMode { get; init; }

    /// <summary>Why it failed. Ours beyond MEC 010-2, in the name and form that NFV SOL003 gives it: without it nobody learns the reason.</summary>
    public ProblemDetails? Error { get; init; }

    [JsonPropertyName("_links")]
    public required AppLcmOpOccLinks Links { get; init; }

    /// <summary>The instance that an operation works on.</summary>
    public static string InstanceOf(OperationRecord record) =>
        record.Subject.StartsWith(SubjectPrefix, StringComparison.Ordinal) ? record.Subject[SubjectPrefix.Length..] : "";

    /// <param name="record">The operation.</param>
    /// <param name="root">URL of <c>/app_lcm/v1</c>.</param>
    public static AppLcmOpOcc Of(OperationRecord record, string root) => new()
    {
        Id = record.Id,
        OperationState = StateOf(record),
        StateEnteredTime = TimeStamp.Of(record.StateEnteredAt),
        StartTime = TimeStamp.Of(record.AcceptedAt),
        LcmOperation = KindOf(record),
        OperationParams = ParamsOf(record),
        IsCancelPending = record.IsCancelPending,
        CancelMode = record.IsCancelPending ? new("FORCED") : null,
        Error = record.Failure is { } failure ? ProblemDetails.Of(failure) : null,
        Links = new(Link.To($"{root}/app_lcm_op_occs/{record.Id}"), Link.To($"{root}/app_instances/{InstanceOf(record)}")),
    };

    public static string StateOf(OperationRecord record) => MecStates.Of(record) switch
    {
        MecOperationState.Starting => "STARTING",
        MecOperationState.Processing => "PROCESSING",
        MecOperationState.Completed => "COMPLETED",
        MecOperationState.FailedTemp => "FAILED_TEMP",
        _ => "FAILED",
    };

    public static string KindOf(OperationRecord record) =>
        record.Name == InstantiateAppOperation.Name ? "INSTANTIATE"
        : record.Name == OperateAppOperation.Name ? "OPERATE"
        : "TERMINATE";

    /// <summary>As they were accepted, which for an instantiation means with the host that was chosen.</summary>
    private static OperationParams? ParamsOf(OperationRecord record)
    {
        if (record.Name == InstantiateAppOperation.Name)
        {
            return record.Input.Read(InstantiateAppOperation.InputType).Placement.HostId is { } host
                ? new() { SelectedMECHostInfo = [MECHostInformation.Of(host)] }
                : null;
        }

        if (record.Name == OperateAppOperation.Name)
        {
            var input = record.Input.Read(OperateAppOperation.InputType);
            return input.Start
                ? new() { ChangeStateTo = "STARTED" }
                : new() { ChangeStateTo = "STOPPED", StopType = Kind(input.GracefulStop), GracefulStopTimeout = Seconds(input.GracefulStop) };
        }

        return record.Name == TerminateAppOperation.Name && record.Input.Read(TerminateAppOperation.InputType).Graceful is var graceful
            ? new() { TerminationType = Kind(graceful), GracefulTerminationTimeout = Seconds(graceful) }
            : new() { TerminationType = "FORCEFUL" };
    }

    private static string Kind(TimeSpan graceful) => graceful > TimeSpan.Zero ? "GRACEFUL" : "FORCEFUL";

    private static int? Seconds(TimeSpan graceful) => graceful > TimeSpan.Zero ? (int)graceful.TotalSeconds : null;
}

/// <summary>The request that led to an operation: InstantiateAppRequest, OperateAppRequest or TerminateAppRequest, by lcmOperation.</summary>
internal sealed record OperationParams
{
    public IReadOnlyList<MECHostInformation>? SelectedMECHostInfo { get; init; }

    public string? ChangeStateTo { get; init; }

    public string? StopType { get; init; }

    public int? GracefulStopTimeout { get; init; }

    public string? TerminationType { get; init; }

    public int? GracefulTerminationTimeout { get; init; }
}

/// <summary>Its links.</summary>
internal sealed record AppLcmOpOccLinks(Link Self, Link AppInstance);
