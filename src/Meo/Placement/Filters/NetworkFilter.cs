namespace Mano.Meo.Placement.Filters;

/// <summary>From the host, every network is reached that the caller names.</summary>
internal sealed class NetworkFilter : ITraitFilter
{
    private const string Missing = "NO_NETWORK";

    public string Name => "networks";

    public string? Refuses(PlacementRequest request, HostModel host) => FirstMissing(request, host) is null ? null : Missing;

    public Refusal Explain(PlacementRequest request, HostModel host) => new(Missing, FirstMissing(request, host)!, Refusal.Listed(host.Networks));

    private static string? FirstMissing(PlacementRequest request, HostModel host)
    {
        foreach (var needed in request.Networks)
        {
            if (!host.Networks.Contains(needed))
            {
                return needed;
            }
        }

        return null;
    }
}
