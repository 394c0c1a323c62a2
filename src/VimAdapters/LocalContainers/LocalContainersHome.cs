using System.Text.RegularExpressions;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Addressing;
using Mano.VimAdapters.LocalContainers.Engine;
using Mano.VimAdapters.LocalContainers.Images;
using Mano.VimAdapters.Registration;
using Mano.VimAdapters.Storage;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.LocalContainers;

/// <summary>The parts of an opened adapter, put together in one place.</summary>
internal sealed partial class LocalContainersHome : IAsyncDisposable
{
    private const string UnixScheme = "unix://";

    private readonly FolderLock folderLock;

    private LocalContainersHome(FolderLock folderLock) => this.folderLock = folderLock;

    public required EngineLink Link { get; init; }

    public required ContainerNetwork Network { get; init; }

    public required ContainerImages Images { get; init; }

    public required ContainerTable Table { get; init; }

    public required ContainerMover Mover { get; init; }

    public required ContainerKeeper Keeper { get; init; }

    public required ForeignUsage Foreign { get; init; }

    /// <summary>Checks the options and takes the folder. The engine need not be there yet.</summary>
    public static LocalContainersHome Open(LocalContainersOptions options, TimeProvider clock, ILogger logger)
    {
        var range = Check(options);
        var folderLock = FolderLock.Take(options.Folder);
        try
        {
            var folder = new ContainerFolder(options.Folder);
            var table = new ContainerTable(folder, clock.GetUtcNow() - options.FenceRetention);
#pragma warning disable CA2000 // the link owns both, and the home the link
            var engine = new EngineClient(new EngineConnection(options.Socket[UnixScheme.Length..], options.CallTimeout, clock), options);
            var link = new EngineLink(engine, options, range, clock, logger);
#pragma warning restore CA2000
            var network = new ContainerNetwork(engine, link.Mark, range, clock);
            var images = new ContainerImages(folder, engine, link.Mark, options);
            var volumes = new ContainerVolumes(link, table, logger);
            var mover = new ContainerMover(new(network, images, volumes), link, table, logger);
            return new(folderLock)
            {
                Link = link,
                Network = network,
                Images = images,
                Table = table,
                Mover = mover,
                Keeper = new(link, mover, volumes, table, logger),
                Foreign = new(link),
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
        Link.Dispose();
        folderLock.Dispose();
    }

    private static AddressRange Check(LocalContainersOptions options)
    {
        var range = AddressRange.TryParse(options.AddressRange, out var fault);
        OptionsRules.Check(LocalContainersVim.AdapterName, options,
        [
            .. range is null ? [$"AddressRange: {fault}"] : range.Count < 2 ? ["AddressRange: it has no room for a compute beside the machine's own address."] : Array.Empty<string>(),
            .. options.Socket.StartsWith(UnixScheme + "/", StringComparison.Ordinal) ? Array.Empty<string>()
                : [$"Socket: '{options.Socket}' is not a unix socket; something like unix:///var/run/docker.sock would be right."],
            .. options.Owner is null || OwnerPattern().IsMatch(options.Owner) ? Array.Empty<string>()
                : [$"Owner: '{options.Owner}' is refused; 1 to 32 characters of [a-z0-9], because it becomes a part of names in the engine."],
        ]);
        return range!;
    }

    [GeneratedRegex(@"\A[a-z0-9]{1,32}\z")]
    private static partial Regex OwnerPattern();
}
