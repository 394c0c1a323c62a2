namespace Mano.Bench;

/// <summary>One row of the table: a subject of ours and a floor under it, measured in the same run.</summary>
internal interface IBenchRow
{
    /// <summary>Names the row on the command line.</summary>
    string Name { get; }

    /// <summary>What is measured, and against what, in two or three sentences.</summary>
    string Description { get; }

    /// <summary>Measures both, taking turns.</summary>
    /// <exception cref="MissingHereException">The row cannot be measured on this machine and is left out; any other exception fails it.</exception>
    Task<IReadOnlyList<Comparison>> MeasureAsync();
}

/// <summary>A row needs what this machine has not.</summary>
/// <param name="needed">As it stands after "it needs": "redis-server", "root".</param>
internal sealed class MissingHereException(string needed) : Exception(needed);

/// <summary>One figure of a row, floor and subject beside each other.</summary>
/// <param name="Figure">"time a call", "allocated a call".</param>
/// <param name="Unit">"µs", "B", "ms".</param>
/// <param name="Floor">The floor, one value a round; null: there is none that could be measured here.</param>
/// <param name="Subject">The subject, one value a round.</param>
/// <param name="Target">The largest ratio of the medians that is right; null: it is not judged by its ratio.</param>
internal sealed record Comparison(string Figure, string Unit, Sample? Floor, Sample Subject, double? Target)
{
    /// <summary>What the median itself has to be; null: it is not judged so.</summary>
    public Bound? Bound { get; init; }

    /// <summary>What it is called in the table of targets; empty: it is not in that table.</summary>
    public string Headline { get; init; } = "";

    /// <summary>What others publish, where that stands for a floor.</summary>
    public string Published { get; init; } = "";

    /// <summary>Median of the ratios, pair by pair: what drifts in the machine drifts in both.</summary>
    public double? Ratio => Floor is null ? null : Sample.Median(Floor.Values.Zip(Subject.Values, (floor, subject) => subject / floor));

    /// <summary>Null: it is not judged.</summary>
    public bool? IsMet => Target is { } target && Ratio is { } ratio ? ratio <= target : Bound?.Holds(Subject.Middle);
}

/// <summary>What a figure has to be at least, or at most.</summary>
internal sealed record Bound(double Value, bool IsLeast)
{
    public static Bound AtMost(double value) => new(value, IsLeast: false);

    public static Bound AtLeast(double value) => new(value, IsLeast: true);

    public bool Holds(double value) => IsLeast ? value >= Value : value <= Value;

    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(IsLeast ? "≥" : "≤")} {Value:#,0.##}");
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
