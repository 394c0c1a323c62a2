using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Simulated;

/// <summary>
/// Where this VIM does not tell the truth: computes that are there and are not shown, that are gone and are shown, and
/// times in which it does not answer. Forgotten with the process. Not thread-safe; called under the VIM's lock.
/// </summary>
internal sealed class SimulatedMischief(TimeProvider clock)
{
    private readonly Dictionary<string, DateTimeOffset> hidden = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (SimulatedKey Key, DateTimeOffset Until)> ghosts = new(StringComparer.Ordinal);
    private DateTimeOffset awayUntil;

    public bool IsAway => clock.GetUtcNow() < awayUntil;

    public void Hide(string computeId, TimeSpan time) => hidden[computeId] = clock.GetUtcNow() + time;

    public void Haunt(SimulatedKey key, TimeSpan time) => ghosts[key.ComputeId] = (key, clock.GetUtcNow() + time);

    public void GoAway(TimeSpan time) => awayUntil = clock.GetUtcNow() + time;

    /// <summary>A compute that is made or deleted anew is no ghost any more.</summary>
    public void Settle(string computeId) => ghosts.Remove(computeId);

    /// <summary>What a look is told of the key; null: nothing.</summary>
    public Compute? Shown(SimulatedKey key)
    {
        var now = clock.GetUtcNow();
        if (IsHidden(key.ComputeId, now) || IsHidden("*", now))
        {
            return null;
        }

        var compute = key.Compute;
        if (ghosts.TryGetValue(key.ComputeId, out var ghost) && now < ghost.Until)
        {
            compute ??= ghost.Key.Compute;
        }

        return compute?.At(now, key.ComputeId, key.Fence.Last);
    }

    private bool IsHidden(string computeId, DateTimeOffset now) => hidden.TryGetValue(computeId, out var until) && now < until;
}
