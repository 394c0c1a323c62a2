using System.Diagnostics.CodeAnalysis;

namespace Mano.Chaos.Workload;

/// <summary>Choices that follow from a seed.</summary>
[SuppressMessage("Security", "CA5394", Justification = "A run must be repeatable; nothing is secured by it.")]
internal sealed class Dice(int seed)
{
    private readonly Random random = new(seed);

    public bool Chance(double share) => random.NextDouble() < share;

    public int Below(int count) => random.Next(count);

    public T One<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];

    public TimeSpan Between(double fromSeconds, double toSeconds) => TimeSpan.FromSeconds(fromSeconds + (random.NextDouble() * (toSeconds - fromSeconds)));

    public string Id()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes).ToString("D");
    }

    /// <summary>One of several by weight.</summary>
    public T Weighted<T>(params IReadOnlyList<(double Weight, T What)> of)
    {
        var at = random.NextDouble() * of.Sum(o => o.Weight);
        foreach (var (weight, what) in of)
        {
            if ((at -= weight) < 0)
            {
                return what;
            }
        }

        return of[^1].What;
    }
}
