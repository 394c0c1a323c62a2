using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Filters;

/// <summary>As many devices of each kind are free as the descriptor requires ("gpu=2"). A host that does not say how many it has is taken to have enough.</summary>
internal sealed class DeviceFilter : IHostFilter
{
    private const string Taken = "DEVICES_TAKEN";

    public string Name => "devices";

    public string? Refuses(PlacementRequest request, HostModel host) => FirstLacking(request, host) is null ? null : Taken;

    public Refusal Explain(PlacementRequest request, HostModel host)
    {
        var name = FirstLacking(request, host)!;
        return new(Taken, $"{request.Devices[name]} {name}", $"{Math.Max(0, host.FreeOf(name) ?? 0)} of {host.Devices[name]} free");
    }

    public GroupVerdict Judge(PlacementRequest request, HostGroup group) => request.Devices.IsEmpty ? GroupVerdict.All : GroupVerdict.Mixed;

    private static string? FirstLacking(PlacementRequest request, HostModel host)
    {
        if (request.Devices.IsEmpty)
        {
            return null;
        }

        foreach (var (name, count) in request.Devices)
        {
            if (host.FreeOf(name) < count)
            {
                return name;
            }
        }

        return null;
    }
}
