using Grpc.Core;
using Mano.Mesh.Failures;

namespace Mano.Chaos.Workload;

/// <summary>What a call came to.</summary>
/// <param name="Ok">Whether it was acknowledged.</param>
/// <param name="Operation">The operation that it started, if it does that.</param>
/// <param name="Reason">Of a refusal, its stable word.</param>
/// <param name="State">Of a refusal for an illegal state, that state; of a read, what was read.</param>
internal sealed record Answer(bool Ok, string? Operation = null, string? Reason = null, string? State = null)
{
    /// <summary>The refusal that an exception is; null where it says nothing about what happened, or asks to try again.</summary>
    public static Answer? RefusalIn(RpcException e)
    {
        var failure = e.ToFailure();
        return e.StatusCode switch
        {
            StatusCode.Aborted when failure.Reason == "OPERATION_RUNNING" => Refusal(failure),
            StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.FailedPrecondition or StatusCode.AlreadyExists
                or StatusCode.ResourceExhausted or StatusCode.PermissionDenied or StatusCode.OutOfRange or StatusCode.Unimplemented => Refusal(failure),
            _ => null,
        };
    }

    /// <summary>Codes that a caller of ours should never see, whatever dies.</summary>
    public static bool IsOdd(StatusCode code) => code is StatusCode.Internal or StatusCode.Unknown or StatusCode.DataLoss or StatusCode.Unauthenticated;

    private static Answer Refusal(Failure failure) => new(false, Reason: failure.Reason, State: failure.CurrentState);
}
