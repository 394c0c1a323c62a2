using System.Net;
using System.Net.Sockets;
using Mano.VimAdapters.Addressing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Registration;

namespace Mano.VimAdapters.Simulated;

/// <summary>Which options make sense, and what a VIM with them claims.</summary>
internal static class SimulatedVimRules
{
    private static readonly VimCapability[] All =
    [
        VimCapability.Executables, VimCapability.RootFsArchives, VimCapability.Containers, VimCapability.VmImages, VimCapability.NamedImages,
        VimCapability.Power, VimCapability.Logs, VimCapability.Restarts, VimCapability.BootData, VimCapability.FixedAddresses,
        VimCapability.Volumes, VimCapability.Statistics, VimCapability.Networks, VimCapability.Affinity, VimCapability.Events, VimCapability.HelmCharts,
    ];

    /// <summary>Refuses options that are out of range, all faults at once.</summary>
    public static AddressRange Check(SimulatedVimOptions options)
    {
        var range = Addressing.AddressRange.TryParse(options.AddressRange, out var rangeFault);
        OptionsRules.Check(SimulatedVim.AdapterName, options,
        [
            .. range is null ? [$"AddressRange: {rangeFault}"] : Array.Empty<string>(),
            .. IPNetwork.TryParse(options.NetworkRange, out var networks) && networks.PrefixLength <= 24 && networks.BaseAddress.AddressFamily == AddressFamily.InterNetwork
                ? Array.Empty<string>() : [$"NetworkRange: '{options.NetworkRange}' is refused; an IPv4 range of /24 or larger, as 10.128.0.0/9, would be right."],
            .. SimulatedFaults.WrongLines(options.Script),
            .. options is { Orders: true, Folder: null } ? ["Orders: they are read from the folder, and there is none."] : Array.Empty<string>(),
            .. options.FaultRate + options.LostReplyRate > 1 ? ["FaultRate and LostReplyRate: together at most 1."] : Array.Empty<string>(),
        ]);
        return range!;
    }

    public static VimCapabilities Capabilities(SimulatedVimOptions options)
    {
        VimCapability[] claims = options.Folder is null ? All : [.. All, VimCapability.SurvivesRestart];
        return new()
        {
            Adapter = SimulatedVim.AdapterName,
            Claims = claims.Except(options.Without).ToHashSet(),
            FenceRetention = options.FenceRetention,
            Zones = options.Zones,
            Notes = [new("computes", false, "they are simulated: nothing runs, nothing listens, no limit is enforced")],
        };
    }
}
