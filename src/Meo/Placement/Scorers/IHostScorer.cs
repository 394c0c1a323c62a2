namespace Mano.Meo.Placement.Scorers;

/// <summary>How good a host is that passed every filter. Pure.</summary>
internal interface IHostScorer
{
    /// <summary>By which configuration names it.</summary>
    string Name { get; }

    /// <summary>0 (worst) to 1 (best).</summary>
    double Score(PlacementRequest request, HostModel host);
}
