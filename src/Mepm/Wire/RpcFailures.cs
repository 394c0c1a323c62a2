using Grpc.Core;
using Mano.Mesh.Failures;

namespace Mano.Mepm.Wire;

/// <summary>What a call of ours to another process ends with.</summary>
internal static class RpcFailures
{
    /// <summary>The answer; every status but OK as a <see cref="FailureException"/>, our own cancellation as such.</summary>
    public static async Task<T> Answer<T>(this AsyncUnaryCall<T> call, CancellationToken cancel)
    {
        try
        {
            return await call;
        }
        catch (RpcException e)
        {
            cancel.ThrowIfCancellationRequested();
            throw new FailureException(Of(e), e);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            // Not us: the deadline of the call, which our channels tell as a cancellation.
            throw new FailureException(e.InnerException is RpcException late ? Of(late) : Failure.DeadlineExceeded("CALL_DEADLINE", e.Message), e);
        }
    }

    /// <summary>A peer that was killed resets its streams, which arrives as CANCELLED, and it may be asked again.</summary>
    public static Failure Of(RpcException e) => e.StatusCode == StatusCode.Cancelled
        ? Failure.Unavailable("CALL_BROKEN", $"The other side broke the call off: {e.Status.Detail}")
        : e.ToFailure();
}
