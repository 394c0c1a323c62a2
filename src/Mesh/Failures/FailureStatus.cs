using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using WireFailure = Mano.Common.V1.Failure;
using WireFault = Mano.Common.V1.Fault;
using WireIllegalState = Mano.Common.V1.IllegalState;

namespace Mano.Mesh.Failures;

/// <summary>
/// The one table between a <see cref="Failure"/> and its gRPC form: a status code, the sentence as its message, and what
/// <see cref="FailureDetails"/> says in <c>grpc-status-details-bin</c>.
/// </summary>
public static class FailureStatus
{
    private static readonly (FailureKind Kind, StatusCode Code)[] Table =
    [
        (FailureKind.InvalidInput, StatusCode.InvalidArgument),
        (FailureKind.NotFound, StatusCode.NotFound),
        (FailureKind.AlreadyExists, StatusCode.AlreadyExists),
        (FailureKind.IllegalState, StatusCode.FailedPrecondition),
        (FailureKind.Conflict, StatusCode.Aborted),
        (FailureKind.NoCapacity, StatusCode.ResourceExhausted),
        (FailureKind.OutOfRange, StatusCode.OutOfRange),
        (FailureKind.Unauthenticated, StatusCode.Unauthenticated),
        (FailureKind.Forbidden, StatusCode.PermissionDenied),
        (FailureKind.Unavailable, StatusCode.Unavailable),
        (FailureKind.DeadlineExceeded, StatusCode.DeadlineExceeded),
        (FailureKind.Cancelled, StatusCode.Cancelled),
        (FailureKind.Unimplemented, StatusCode.Unimplemented),
        (FailureKind.Corrupt, StatusCode.DataLoss),
        (FailureKind.Internal, StatusCode.Internal),
    ];

    /// <summary>The status code of a kind.</summary>
    public static StatusCode CodeOf(FailureKind kind) => Table.First(row => row.Kind == kind).Code;

    /// <summary>The kind of a status code; UNKNOWN, and codes not in the table, are <see cref="FailureKind.Internal"/>.</summary>
    public static FailureKind KindOf(StatusCode code)
    {
        foreach (var row in Table)
        {
            if (row.Code == code)
            {
                return row.Kind;
            }
        }

        return FailureKind.Internal;
    }

    /// <summary>As it is thrown out of a gRPC method.</summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="requestId">How the caller calls its request; null if it does not.</param>
    public static RpcException ToRpcException(this Failure failure, string? requestId = null) =>
        FailureDetails.StatusOf(failure, (int)CodeOf(failure.Kind), requestId).ToRpcException();

    /// <summary>What a failed call says; a peer that is not ours has no details, and its message is all there is.</summary>
    public static Failure ToFailure(this RpcException exception)
    {
        var kind = KindOf(exception.StatusCode);
        var failure = new Failure(
            kind, kind.ToString().ToUpperInvariant(), exception.Status.Detail,
            Retryable: exception.StatusCode is StatusCode.Unavailable or StatusCode.Aborted or StatusCode.DeadlineExceeded);
        var details = exception.GetRpcStatus()?.Details ?? [];
        var isOurs = details.Any(d => d.Is(WireFailure.Descriptor));
        foreach (var detail in details)
        {
            failure = isOurs ? With(failure, detail) : FailureDetails.With(failure, detail);
        }

        return failure;
    }

    /// <summary>As it is stored in a message.</summary>
    public static WireFailure ToWire(this Failure failure)
    {
        var wire = new WireFailure { Reason = failure.Reason, Message = failure.Message, Subject = failure.Subject, Retryable = failure.Retryable };
        wire.Faults.AddRange(failure.Faults.Select(ToWire));
        return wire;
    }

    /// <summary>A failure found in a message, where no status code says its kind.</summary>
    public static Failure ToFailure(this WireFailure wire, FailureKind kind) =>
        new(kind, wire.Reason, wire.Message, wire.Subject, wire.Retryable) { Faults = [.. wire.Faults.Select(ToFault)] };

    public static WireFault ToWire(this Fault fault) => new()
    {
        Path = fault.Path,
        Message = fault.Message,
        Severity = fault.Severity == FaultSeverity.Warning ? WireFault.Types.Severity.Warning : WireFault.Types.Severity.Error,
    };

    public static Fault ToFault(this WireFault wire) => new(
        wire.Path, wire.Message, wire.Severity == WireFault.Types.Severity.Warning ? FaultSeverity.Warning : FaultSeverity.Error);

    private static Failure With(Failure failure, Any detail)
    {
        if (detail.TryUnpack(out WireFailure wire))
        {
            return failure with
            {
                Reason = wire.Reason, Message = wire.Message, Subject = wire.Subject, Retryable = wire.Retryable,
                Faults = [.. wire.Faults.Select(ToFault)], FaultsLeftOut = (int)wire.FaultsLeftOut,
            };
        }

        return detail.TryUnpack(out WireIllegalState state)
            ? failure with { CurrentState = state.Current, AllowedStates = [.. state.Allowed] }
            : failure;
    }
}
