namespace Mano.Meo.Placement.Scorers;

/// <summary>The fuller the host would be, the better: keeps whole hosts free. The opposite of spread.</summary>
internal sealed class PackScorer : IHostScorer
{
    private readonly SpreadScorer spread = new();

    public string Name => "pack";

    public double Score(PlacementRequest request, HostModel host) => 1 - spread.Score(request, host);
}
