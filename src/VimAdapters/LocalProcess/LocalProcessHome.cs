using Mano.Mesh.Failures;
using Mano.VimAdapters.Addressing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalProcess.Images;
using Mano.VimAdapters.LocalProcess.Machine;
using Mano.VimAdapters.LocalProcess.Supervision;
using Mano.VimAdapters.Registration;
using Mano.VimAdapters.Storage;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.LocalProcess;

/// <summary>The parts of an opened adapter, put together in one place.</summary>
internal sealed class LocalProcessHome : IAsyncDisposable
{
    private readonly FolderLock folderLock;

    private LocalProcessHome(FolderLock folderLock) => this.folderLock = folderLock;

    public required VimFolder Folder { get; init; }

    public required ImageStore Images { get; init; }

    public required ComputeTable Table { get; init; }

    public required ComputeKeeper Keeper { get; init; }

    public required AddressPool Addresses { get; init; }

    public required VimCapabilities Capabilities { get; init; }

    public required VimResources Total { get; init; }

    /// <summary>Checks the options, takes the folder, and finds out what the machine allows.</summary>
    public static LocalProcessHome Open(LocalProcessOptions options, TimeProvider clock, ILogger logger)
    {
        var range = Check(options);
        var folderLock = FolderLock.Take(options.Folder);
        try
        {
            var folder = new VimFolder(options.Folder);
            folder.EmptyTrash();
            var table = new ComputeTable(folder, clock.GetUtcNow() - options.FenceRetention);
            var images = new ImageStore(folder, options);
            var launcher = new Launcher(folder, images, options, clock);
            var capabilities = CapabilitiesOf(options, launcher);
            Log.Opened(logger, folder.Root, table.All.Count, string.Join("; ", capabilities.Notes.Select(n => $"{n.Name}: {(n.Applied ? "" : "no, ")}{n.Detail}")));
            return new(folderLock)
            {
                Folder = folder,
                Images = images,
                Table = table,
                Keeper = new(table, folder, launcher, options, clock, logger),
                Addresses = new(range, new(options)),
                Capabilities = capabilities,
                Total = MachineCapacity.Total(options),
            };
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Keeper.DisposeAsync();
        folderLock.Dispose();
    }

    private static AddressRange Check(LocalProcessOptions options)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw Failure.Unimplemented("VIM_CANNOT", "LocalProcess runs applications as Linux processes; use another VIM adapter here.", LocalProcessVim.AdapterName).ToException();
        }

        var range = AddressRange.TryParse(options.AddressRange, out var fault);
        OptionsRules.Check(LocalProcessVim.AdapterName, options,
        [
            .. range is null ? [$"AddressRange: {fault}"] : new SiteNetwork(options).Faults(range),
            .. options.BackOff > options.BackOffLimit ? ["BackOff: it is over BackOffLimit."] : Array.Empty<string>(),
        ]);
        return range!;
    }

    private static VimCapabilities CapabilitiesOf(LocalProcessOptions options, Launcher launcher)
    {
        var (isolation, groups) = (launcher.Isolation, launcher.Groups);
        HashSet<VimCapability> claims =
        [
            VimCapability.Executables, VimCapability.Power, VimCapability.Logs, VimCapability.Restarts, VimCapability.BootData,
            VimCapability.FixedAddresses, VimCapability.ReachableAddresses, VimCapability.Volumes,
            .. options.Ephemeral ? Array.Empty<VimCapability>() : [VimCapability.SurvivesRestart],
            .. isolation.Namespaces ? [VimCapability.RootFsArchives] : Array.Empty<VimCapability>(),
            .. isolation.OwnProc ? [VimCapability.IsolatesProcesses] : Array.Empty<VimCapability>(),
            .. groups.Has("cpu") || groups.Has("memory") ? [VimCapability.Statistics] : Array.Empty<VimCapability>(),
            .. groups.Has("cpu") ? [VimCapability.LimitsCpu] : Array.Empty<VimCapability>(),
            .. groups.Has("memory") ? [VimCapability.LimitsMemory] : Array.Empty<VimCapability>(),
            .. groups.Has("pids") ? [VimCapability.LimitsProcesses] : Array.Empty<VimCapability>(),
        ];
        return new()
        {
            Adapter = LocalProcessVim.AdapterName,
            Claims = claims,
            FenceRetention = options.FenceRetention,
            Zones = options.Zones,
            Notes = [.. isolation.Notes(), .. groups.Notes()],
        };
    }
}
