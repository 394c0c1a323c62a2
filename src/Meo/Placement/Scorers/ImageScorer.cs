namespace Mano.Meo.Placement.Scorers;

/// <summary>1 where an instance of the same package has a hold already, so that its image need not travel; else 0.</summary>
internal sealed class ImageScorer : IHostScorer
{
    public string Name => "image";

    public double Score(PlacementRequest request, HostModel host) => request.AppPkgId.Length > 0 && host.Packages.ContainsKey(request.AppPkgId) ? 1 : 0;

    public double Bound(PlacementRequest request, Index.HostGroup group) => group.MayHave(request.AppPkgId) ? 1 : 0;
}
