using System.Collections.Immutable;

namespace Mano.Meo.Placement.Scorers;

/// <summary>The scorers there are.</summary>
internal static class HostScorers
{
    public static ImmutableArray<IHostScorer> Known { get; } = 
    [
        new LatencyScorer(), new SpreadScorer(), new PackScorer(), new CostScorer(), new EnergyScorer(), new LocalityScorer(), new ImageScorer(),
    ];

    /// <summary>The named scorers with their weights. Throws naming the known ones when a name is not one of them, or a weight is below zero.</summary>
    public static ImmutableArray<WeightedScorer> Chosen(IReadOnlyDictionary<string, double> weights)
    {
        foreach (var (name, weight) in weights)
        {
            if (!Known.Any(s => s.Name == name))
            {
                throw new ArgumentException($"There is no placement scorer '{name}'; there are {string.Join(", ", Known.Select(s => s.Name))}.");
            }

            if (!double.IsFinite(weight) || weight < 0)
            {
                throw new ArgumentException($"The weight of the placement scorer '{name}' is {weight}; it must be a number of at least 0.");
            }
        }

        return [.. Known.Where(s => weights.ContainsKey(s.Name)).Select(s => new WeightedScorer(s, weights[s.Name]))];
    }
}

/// <summary>A scorer and its weight.</summary>
internal sealed record WeightedScorer(IHostScorer Scorer, double Weight);
