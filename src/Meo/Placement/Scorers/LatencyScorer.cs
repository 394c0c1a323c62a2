using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Scorers;

/// <summary>
/// The nearer, the better: the part of the budget that is left. Without a budget, half the score is lost at 10 ms,
/// the delay at which edge applications begin to feel like cloud ones.
/// </summary>
internal sealed class LatencyScorer : IHostScorer
{
    private const double HalfAtNs = 10_000_000;

    public string Name => "latency";

    public double Score(PlacementRequest request, HostModel host) => Of(request.MaxLatencyNs, request.LatencyTo(host));

    public double Bound(PlacementRequest request, HostGroup group) => Of(request.MaxLatencyNs, group.LeastLatency(request));

    /// <summary>Falls with the latency.</summary>
    private static double Of(long? budget, long latency) => budget switch
    {
        null => 1 / (1 + (Math.Max(0, latency) / HalfAtNs)),
        <= 0 => 1,
        { } most => Math.Clamp(1 - (latency / (double)most), 0, 1),
    };
}
