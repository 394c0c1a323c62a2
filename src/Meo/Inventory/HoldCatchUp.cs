using Mano.Meo.Replicas;

namespace Mano.Meo.Inventory;

/// <summary>
/// Before an instantiation is refused for want of room: what other replicas have released is learnt from the store, since their
/// news may be under way. Callers who come while it is read share the next reading, and readings keep a pause between them.
/// </summary>
internal sealed class HoldCatchUp(HoldFollower holds, ReplicaOptions replica, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private Task last = Task.CompletedTask;
    private Task? next;

    /// <summary>Whether there can be news; then they have been read when it completes.</summary>
    public async Task<bool> IsWorthAnotherLook(CancellationToken cancel)
    {
        if (!replica.SharesStore)
        {
            return false;
        }

        Task mine;
        lock (gate)
        {
            mine = next ??= After(last);
        }

        await mine.WaitAsync(cancel);
        return true;
    }

    private async Task After(Task before)
    {
        await Task.Yield();
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task reading;
        lock (gate)
        {
            next = null;
            reading = Task.Run(() => holds.List(CancellationToken.None));
            last = Rest(reading);
        }

        await reading;
    }

    private async Task Rest(Task reading)
    {
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Delay(Pause, clock);
    }
}
