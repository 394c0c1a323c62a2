using Grpc.Core;
using Mano.Mepm.Wire;
using Mano.Mesh.Failures;

namespace Mano.Mepm.Tests.Units;

public sealed class Rpc_failures
{
    [Fact]
    public async Task A_deadline_that_passed_is_a_failure_and_not_our_own_cancellation()
    {
        var late = new OperationCanceledException("late", new RpcException(new Status(StatusCode.DeadlineExceeded, "The deadline of the call has passed.")));
        var e = await Assert.ThrowsAsync<FailureException>(() => Ending(late).Answer(CancellationToken.None));
        Assert.Equal(FailureKind.DeadlineExceeded, e.Failure.Kind);
        Assert.True(e.Failure.Retryable);
    }

    [Fact]
    public async Task Our_own_cancellation_stays_one()
    {
        using var ours = new CancellationTokenSource();
        await ours.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => Ending(new OperationCanceledException(ours.Token)).Answer(ours.Token));
    }

    private static AsyncUnaryCall<string> Ending(Exception with) => new(
        Task.FromException<string>(with), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
}
