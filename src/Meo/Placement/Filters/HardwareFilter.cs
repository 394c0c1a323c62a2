namespace Mano.Meo.Placement.Filters;

/// <summary>The host has every piece of hardware the descriptor requires: "gpu", "sriov", …</summary>
internal sealed class HardwareFilter : ITraitFilter
{
    private const string Missing = "NO_HARDWARE";

    public string Name => "hardware";

    public string? Refuses(PlacementRequest request, HostModel host) => FirstMissing(request, host) is null ? null : Missing;

    public Refusal Explain(PlacementRequest request, HostModel host) => new(Missing, FirstMissing(request, host)!, Refusal.Listed(host.Hardware));

    private static string? FirstMissing(PlacementRequest request, HostModel host)
    {
        foreach (var needed in request.Hardware)
        {
            if (!host.Hardware.Contains(needed))
            {
                return needed;
            }
        }

        return null;
    }
}
