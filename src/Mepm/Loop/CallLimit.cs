using Mano.Mesh.Failures;

namespace Mano.Mepm.Loop;

/// <summary>Bounds a call to a VIM, a platform or the MEO, and turns whatever it throws into a failure.</summary>
internal static class CallLimit
{
    public static async Task<T> Bounded<T>(TimeSpan limit, TimeProvider clock, Func<CancellationToken, Task<T>> call, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            return await call(both.Token).WaitAsync(both.Token);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && timeout.IsCancellationRequested && e is not FailureException { Failure.Retryable: false })
        {
            throw Failure.DeadlineExceeded("CALL_TIMEOUT", $"There was no answer within {limit.TotalSeconds:0.###} s.").ToException();
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new FailureException(Failure.Unavailable("CALL_BROKEN", "The call was broken off by the other side."), e);
        }
    }
}
