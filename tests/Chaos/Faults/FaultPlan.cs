using Mano.Chaos.Workload;

namespace Mano.Chaos.Faults;

/// <summary>The faults of a run, in order: all that chance decides about them follows from the seed.</summary>
internal sealed class FaultPlan(int seed, IReadOnlyList<string> processes, IReadOnlyList<string> links, TimeSpan lease)
{
    private readonly Dice dice = new(seed);

    /// <summary>Those that are ours: how Redis and Consul end is their own affair.</summary>
    private readonly IReadOnlyList<string> ours = [.. processes.Where(p => p.StartsWith("meo", StringComparison.Ordinal) || p.StartsWith("edge-", StringComparison.Ordinal))];

    /// <summary>One fault, or several at once.</summary>
    public IReadOnlyList<Fault> Next()
    {
        var count = dice.Weighted((75, 1), (18, 2), (7, 3));
        return [.. Enumerable.Range(0, count).Select(_ => One()).DistinctBy(f => f.Target)];
    }

    /// <summary>How long to wait before the next.</summary>
    public TimeSpan Gap(TimeSpan mean) => dice.Between(mean.TotalSeconds * 0.3, mean.TotalSeconds * 1.7);

    private Fault One()
    {
        var kind = dice.Weighted(
            (46, FaultKind.Kill), (8, FaultKind.KillTwice), (6, FaultKind.Stop), (12, FaultKind.Pause), (10, FaultKind.Cut), (12, FaultKind.Blackhole), (6, FaultKind.Slow));
        return kind switch
        {
            FaultKind.Kill or FaultKind.KillTwice => new(kind, dice.One(processes), dice.Chance(0.6) ? TimeSpan.Zero : dice.Between(0.1, 3)),
            FaultKind.Stop => new(kind, dice.One(ours), dice.Chance(0.6) ? TimeSpan.Zero : dice.Between(0.1, 3)),
            // Below the lease nothing may happen; beyond it another owner has taken over when it wakes.
            FaultKind.Pause => new(kind, dice.One(processes), dice.Chance(0.5) ? lease * 0.4 : lease * 2.2),
            FaultKind.Slow => new(kind, dice.One(links), dice.Between(1, 6)),
            _ => new(kind, dice.One(links), dice.Chance(0.5) ? dice.Between(0.2, 2) : dice.Between(2, 9)),
        };
    }
}
