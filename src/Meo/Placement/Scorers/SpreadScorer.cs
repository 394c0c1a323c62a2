using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Scorers;

/// <summary>The emptier the host would still be, the better: the scarcest resource's free part after placing.</summary>
internal sealed class SpreadScorer : IHostScorer
{
    public string Name => "spread";

    public double Score(PlacementRequest request, HostModel host) => FreePart.Scarcest(host.Free - request.Needed, host.Total);

    public double Bound(PlacementRequest request, HostGroup group) => FreePart.Most(request.Needed, group);
}
