using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Local;

/// <summary>What the watchers have heard, so that they hear each thing once, in the order in which it was seen.</summary>
internal sealed class ToldComputes
{
    private readonly Dictionary<string, Compute> told = [];
    private readonly Lock gate = new();

    public ComputeFeed Feed { get; } = new();

    /// <summary>Tells what the compute is now, unless they have heard it. It is looked at here, so that an older look is not told after a newer one.</summary>
    public Compute Tell(Func<Compute> see)
    {
        lock (gate)
        {
            var compute = see();
            if (!told.TryGetValue(compute.ComputeId, out var before) || !Same(before, compute))
            {
                told[compute.ComputeId] = compute;
                Feed.Publish(compute.ComputeId, compute);
            }

            return compute;
        }
    }

    /// <summary>Tells that it is gone.</summary>
    public void Gone(string computeId)
    {
        lock (gate)
        {
            told.Remove(computeId);
            Feed.Publish(computeId, null);
        }
    }

    // Operation numbers alone are no news; everything that a caller may act upon is.
    private static bool Same(Compute one, Compute other) =>
        one.State == other.State && one.Reason == other.Reason && one.RestartCount == other.RestartCount
        && one.ExitCode == other.ExitCode && one.StartedAt == other.StartedAt && one.CreatedAt == other.CreatedAt;
}
