namespace Mano.Mesh.Discovery;

/// <summary>Growing pauses that differ between processes, so that an agent that comes back is not met by all of them at once.</summary>
internal sealed class Backoff(TimeSpan longest)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);

    // Nothing is ever replayed from these pauses; that two processes differ is all that matters.
    private readonly Random random = new(HashCode.Combine(Environment.ProcessId, Environment.MachineName));
    private TimeSpan next = First;

    /// <summary>Half to one and a half of a pause that doubles.</summary>
    public TimeSpan Next()
    {
        var pause = next * (0.5 + random.NextDouble());
        next = next * 2 < longest ? next * 2 : longest;
        return pause;
    }

    public void Reset() => next = First;
}
