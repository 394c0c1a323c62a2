namespace Mano.Bench;

/// <summary>One row of the table: a subject of ours and a floor under it, measured in the same run.</summary>
internal interface IBenchRow
{
    /// <summary>Names the row on the command line.</summary>
    string Name { get; }

    /// <summary>What is measured, and against what, in two or three sentences.</summary>
    string Description { get; }

    /// <summary>Measures both, taking turns.</summary>
    Task<IReadOnlyList<Comparison>> MeasureAsync();
}

/// <summary>One figure of a row, floor and subject beside each other.</summary>
/// <param name="Figure">"time a call", "allocated a call".</param>
/// <param name="Unit">"µs", "B", "ms".</param>
/// <param name="Floor">The floor, one value a round.</param>
/// <param name="Subject">The subject, one value a round.</param>
/// <param name="Target">The largest ratio of the medians that is right; null: shown, not judged.</param>
internal sealed record Comparison(string Figure, string Unit, Sample Floor, Sample Subject, double? Target)
{
    /// <summary>Median of the ratios, pair by pair: what drifts in the machine drifts in both.</summary>
    public double Ratio => Sample.Median(Floor.Values.Zip(Subject.Values, (floor, subject) => subject / floor));
}

/// <summary>The values of one figure over the rounds.</summary>
internal sealed record Sample(IReadOnlyList<double> Values)
{
    public double Min => Values.Min();

    public double Max => Values.Max();

    public double Middle => Median(Values);

    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    public static double Quantile(IEnumerable<double> values, double quantile)
    {
        var ordered = values.Order().ToArray();
        return ordered[Math.Min(ordered.Length - 1, (int)(ordered.Length * quantile))];
    }
}
