using Mano.Meo.Placement;
using Mano.Meo.Placement.Scorers;

namespace Mano.Bench.Placement;

/// <summary>What placing one by one, never moving what runs, loses against knowing every request beforehand.</summary>
internal sealed class PlacementQualityRow : IBenchRow
{
    private const int Cases = 100;

    private static readonly PlacementOptions Default = new();
    private static readonly PlacementOptions Pack = new() { Scorers = new Dictionary<string, double> { ["pack"] = 1 } };
    private static readonly LatencyScorer Nearness = new();

    public string Name => "placement-quality";

    public string Description =>
        $"""
        How good placements are: 14 requests, which together ask for about what three or four hosts have or more, a third of them with a latency budget, placed one by
        one as they come. Floor: the exact optimum with all of them known beforehand, by branch and bound. Sizes even (1 to 6 CPUs), heavy-tailed as traces of
        shared clusters are described (most small, few very large, CPU and memory loosely bound), or on hosts of three sizes. {Cases} cases each. Two figures: how many
        instances are placed, and the sum of their nearness (the scorer's 0 to 1). Here more is better: a ratio of 1.00 is the optimum, and the ratio is the median case's.
        """;

    public Task<IReadOnlyList<Comparison>> MeasureAsync()
    {
        var comparisons = new List<Comparison>();
        foreach (var (sizes, make) in new (string, Func<int, QualityCase>)[]
        {
            ("sizes even", QualityCase.Even), ("sizes heavy-tailed", QualityCase.HeavyTailed), ("hosts uneven", QualityCase.Uneven),
        })
        {
            var cases = Enumerable.Range(1, Cases).Select(make).ToList();
            var counts = new Sample([.. cases.Select(c => c.Optimum((_, _) => 1))]);
            var nearness = new Sample([.. cases.Select(c => c.Optimum(Nearness.Score))]);
            comparisons.Add(new($"placed, {sizes}, as configured", "instances", counts, Of(cases, Default, (_, _) => 1), null));
            comparisons.Add(new($"placed, {sizes}, pack", "instances", counts, Of(cases, Pack, (_, _) => 1), null));
            comparisons.Add(new($"nearness, {sizes}, as configured", "sum", nearness, Of(cases, Default, Nearness.Score), null));
        }

        return Task.FromResult<IReadOnlyList<Comparison>>(comparisons);
    }

    private static Sample Of(List<QualityCase> cases, PlacementOptions options, Func<PlacementRequest, HostModel, double> value) =>
        new([.. cases.Select(c => c.Placed(options, value))]);
}
