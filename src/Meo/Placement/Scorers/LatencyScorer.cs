namespace Mano.Meo.Placement.Scorers;

/// <summary>
/// The nearer, the better: the part of the budget that is left. Without a budget, half the score is lost at 10 ms,
/// the delay at which edge applications begin to feel like cloud ones.
/// </summary>
internal sealed class LatencyScorer : IHostScorer
{
    private const double HalfAtNs = 10_000_000;

    public string Name => "latency";

    public double Score(PlacementRequest request, HostModel host) => request.MaxLatencyNs switch
    {
        null => 1 / (1 + (Math.Max(0, host.LatencyNs) / HalfAtNs)),
        <= 0 => 1,
        { } budget => Math.Clamp(1 - (host.LatencyNs / (double)budget), 0, 1),
    };
}
