using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Scorers;

/// <summary>The fewer watts a virtual CPU takes, the better: half the score at 10 W, about what a server's does. So counts a host that does not say.</summary>
internal sealed class EnergyScorer : IHostScorer
{
    private const double UsualWatts = 10;

    public string Name => "energy";

    public double Score(PlacementRequest request, HostModel host) => Of(WattsOf(host));

    public double Bound(PlacementRequest request, HostGroup group) => Of(group.MinWatts);

    /// <summary>What the index sums up.</summary>
    public static double WattsOf(HostModel host) => Math.Max(0, host.WattsPerCpu ?? UsualWatts);

    private static double Of(double watts) => UsualWatts / (UsualWatts + watts);
}
