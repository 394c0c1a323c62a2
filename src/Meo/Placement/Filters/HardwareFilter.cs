namespace Mano.Meo.Placement.Filters;

/// <summary>The host has every piece of hardware the descriptor requires: "gpu", "sriov", …</summary>
internal sealed class HardwareFilter : IHostFilter
{
    public string Name => "hardware";

    public Refusal? Refuse(PlacementRequest request, HostModel host)
    {
        foreach (var needed in request.Hardware)
        {
            if (!host.Hardware.Contains(needed))
            {
                return new("NO_HARDWARE", needed, Refusal.Listed(host.Hardware));
            }
        }

        return null;
    }
}
