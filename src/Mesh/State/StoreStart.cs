using Mano.Mesh.Failures;

namespace Mano.Mesh.State;

/// <summary>The first steps of a process, which need its store.</summary>
public static class StoreStart
{
    /// <summary>
    /// Does <paramref name="step"/>; when a store that others keep goes away meanwhile, waits until it is back and does it again, so
    /// that a process which starts in such a moment does not die of it. The step must bear to be done again.
    /// </summary>
    public static async Task Patiently(this IStateStore store, Func<CancellationToken, Task> step, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                await step(cancel);
                return;
            }
            catch (FailureException away) when (store is IRemoteStateStore && away.Failure.Reason == StateFailures.StoreUnavailable)
            {
                await ((IRemoteStateStore)store).Reached(cancel);
            }
        }
    }
}
