using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Scorers;

/// <summary>How good a host is that passed every filter. Pure.</summary>
internal interface IHostScorer
{
    /// <summary>By which configuration names it.</summary>
    string Name { get; }

    /// <summary>0 (worst) to 1 (best).</summary>
    double Score(PlacementRequest request, HostModel host);

    /// <summary>
    /// At least the score of every host of the group, to the last bit: the nearer, the fewer hosts are looked at. Floating-point
    /// rounding is monotone, so the same formula over larger (or smaller) arguments is a sound bound without any slack.
    /// </summary>
    double Bound(PlacementRequest request, HostGroup group) => 1;
}
