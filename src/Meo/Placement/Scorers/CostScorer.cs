using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Scorers;

/// <summary>The cheaper, the better: half the score at the usual price, which is 1. A host that names no price counts as usual.</summary>
internal sealed class CostScorer : IHostScorer
{
    private const double Usual = 1;

    public string Name => "cost";

    public double Score(PlacementRequest request, HostModel host) => Of(CostOf(host));

    public double Bound(PlacementRequest request, HostGroup group) => Of(group.MinCost);

    /// <summary>What the index sums up.</summary>
    public static double CostOf(HostModel host) => Math.Max(0, host.Cost ?? Usual);

    private static double Of(double cost) => Usual / (Usual + cost);
}
