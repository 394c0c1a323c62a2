using System.Net.NetworkInformation;
using Mano.VimAdapters.Addressing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalContainers.Engine;

namespace Mano.VimAdapters.LocalContainers;

/// <summary>What the engine is and can do, as it said when it was first reached.</summary>
internal sealed record EngineFacts
{
    public required string Name { get; init; }

    public required bool IsPodman { get; init; }

    public required EngineInfo Info { get; init; }

    public required VimResources Total { get; init; }

    public required VimCapabilities Capabilities { get; init; }

    /// <summary>As images spell it: amd64, arm64.</summary>
    public string Architecture => Info.Architecture switch
    {
        "x86_64" or "amd64" => "amd64",
        "aarch64" or "arm64" => "arm64",
        "armv7l" or "armv6l" => "arm",
        "i386" or "i686" => "386",
        null => "",
        var other => other,
    };

    public static async Task<EngineFacts> AskAsync(EngineClient engine, LocalContainersOptions options, AddressRange range, CancellationToken cancellationToken)
    {
        var (name, isPodman, info) = await NameAsync(engine, cancellationToken);
        return new()
        {
            Name = name,
            IsPodman = isPodman,
            Info = info,
            Total = TotalOf(info, options),
            Capabilities = CapabilitiesOf(info, name, isPodman, options, range),
        };
    }

    /// <summary>Which engine it is, and what it says of itself.</summary>
    public static async Task<(string Name, bool IsPodman, EngineInfo Info)> NameAsync(EngineClient engine, CancellationToken cancellationToken)
    {
        var version = await engine.VersionAsync(cancellationToken);
        var isPodman = version.Components?.Any(c => c.Name?.Contains("Podman", StringComparison.OrdinalIgnoreCase) ?? false) ?? false;
        return ($"{(isPodman ? "Podman" : "dockerd")} {version.Version}", isPodman, await engine.InfoAsync(cancellationToken));
    }

    /// <summary>Whether the computes' network ends in this process's own network namespace.</summary>
    public static bool IsReachable(LocalContainersOptions options, AddressRange range) => options.Reachable ?? NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(i => i.GetIPProperties().UnicastAddresses).Any(a => a.Address.ToString() == range.At(0));

    private static VimResources TotalOf(EngineInfo info, LocalContainersOptions options) => new(
        options.MilliCpu > 0 ? options.MilliCpu : info.Cpus * 1000L,
        options.MemoryMib > 0 ? options.MemoryMib : info.MemTotal >> 20,
        options.DiskGib > 0 ? options.DiskGib : FreeDisk(info.DockerRootDir, options.Folder));

    private static long FreeDisk(string? root, string folder) =>
        new DriveInfo(Directory.Exists(root) ? root : Path.GetFullPath(folder)).AvailableFreeSpace >> 30;

    private static VimCapabilities CapabilitiesOf(EngineInfo info, string name, bool isPodman, LocalContainersOptions options, AddressRange range)
    {
        var reachable = IsReachable(options, range);
        return new()
        {
            Adapter = LocalContainersVim.AdapterName,
            FenceRetention = options.FenceRetention,
            Zones = options.Zones,
            Claims = new HashSet<VimCapability>(
            [
                VimCapability.Containers, VimCapability.Power, VimCapability.Logs, VimCapability.Restarts, VimCapability.BootData, VimCapability.FixedAddresses,
                VimCapability.Volumes, VimCapability.Statistics, VimCapability.Events,
                VimCapability.SurvivesRestart, VimCapability.IsolatesProcesses, VimCapability.IsolatesFiles, VimCapability.IsolatesNetwork,
                .. reachable ? [VimCapability.ReachableAddresses] : Array.Empty<VimCapability>(),
                .. info.CpuCfsQuota ? [VimCapability.LimitsCpu] : Array.Empty<VimCapability>(),
                .. info.MemoryLimit ? [VimCapability.LimitsMemory] : Array.Empty<VimCapability>(),
                .. info.PidsLimit ? [VimCapability.LimitsProcesses] : Array.Empty<VimCapability>(),
            ]),
            Notes =
            [
                new("engine", true, $"{name}, control groups v{info.CgroupVersion ?? "?"}"),
                new(nameof(VimCapability.Executables), false, "a container engine runs images; pack the executable as a container image archive, or place it on a host with LocalProcess"),
                new(nameof(VimCapability.RootFsArchives), false, "pack it as a container image archive, or place it on a host with LocalProcess"),
                new(nameof(VimCapability.NamedImages), false, "images come from packages, by digest; nothing is pulled from a registry"),
                new("addresses", reachable, reachable
                    ? $"{range} is a network of this machine"
                    : $"{range.At(0)}, the machine's address on {range}, is not seen from this process: the engine is in another network namespace, or its network is not made yet"),
                new("restart", isPodman || info.LiveRestoreEnabled, isPodman ? "containers outlive the service"
                    : info.LiveRestoreEnabled ? "containers outlive dockerd (live-restore)" : "containers end with dockerd and start again by their policy; \"live-restore\": true in daemon.json changes that"),
                new("disk", false, "counted only; the engine limits no disk, and no volume"),
            ],
        };
    }
}
