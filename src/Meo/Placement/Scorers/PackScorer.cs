using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Scorers;

/// <summary>The fuller the host would be, the better: keeps whole hosts free. The opposite of spread.</summary>
internal sealed class PackScorer : IHostScorer
{
    public string Name => "pack";

    public double Score(PlacementRequest request, HostModel host) => 1 - FreePart.Scarcest(host.Free - request.Needed, host.Total);

    public double Bound(PlacementRequest request, HostGroup group) => 1 - FreePart.Least(request.Needed, group);
}
