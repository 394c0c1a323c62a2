using System.Text.RegularExpressions;
using Mano.Mesh.Failures;
using Mano.VimAdapters.OpenStack.Cinder;
using Mano.VimAdapters.OpenStack.Glance;
using Mano.VimAdapters.OpenStack.Http;
using Mano.VimAdapters.OpenStack.Keystone;
using Mano.VimAdapters.OpenStack.Networks;
using Mano.VimAdapters.OpenStack.Neutron;
using Mano.VimAdapters.OpenStack.Nova;
using Mano.VimAdapters.Storage;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.OpenStack;

/// <summary>The parts of an opened adapter, put together in one place.</summary>
internal sealed partial class CloudHome : IAsyncDisposable
{
    private readonly FolderLock folderLock;

    private CloudHome(FolderLock folderLock) => this.folderLock = folderLock;

    public required OpenStackOptions Options { get; init; }

    public required SiteTerms Terms { get; init; }

    public required DefaultNetwork DefaultNetwork { get; init; }

    public required CloudState Cloud { get; init; }

    public required HttpLink Http { get; init; }

    public required KeystoneSession Session { get; init; }

    public required NovaClient Nova { get; init; }

    public required NeutronClient Neutron { get; init; }

    public required GlanceClient Glance { get; init; }

    public required CloudImages Images { get; init; }

    public required Flavors Flavors { get; init; }

    public required CloudNetworks Networks { get; init; }

    public required ServerTable Table { get; init; }

    public required ServerMover Mover { get; init; }

    public required ServerKeeper Keeper { get; init; }

    public required CloudCapacity Capacity { get; init; }

    /// <summary>Checks the options and takes the folder. The cloud need not be there yet.</summary>
    public static CloudHome Open(OpenStackOptions options, TimeProvider clock, ILogger logger)
    {
        var settings = CloudSettings.Of(options);
        var mark = new Mark(SiteOf(options));
        var folderLock = FolderLock.Take(options.Folder);
        try
        {
#pragma warning disable CA2000 // the home owns them
            var http = new HttpLink(settings, options, clock);
            var session = new KeystoneSession(http, settings, clock, logger);
#pragma warning restore CA2000
            var link = new CloudLink(http, session);
            var (nova, neutron, glance, cinder) = (new NovaClient(link), new NeutronClient(link), new GlanceClient(link, options.UploadTimeout), new CinderClient(link));
            var folder = new OpenStackFolder(options.Folder);
            var table = new ServerTable(folder, clock.GetUtcNow() - options.FenceRetention);
            var defaultNetwork = new DefaultNetwork(neutron, options);
#pragma warning disable CA2000 // the home owns it
            var cloud = new CloudState(link, nova, defaultNetwork, options with { SiteName = mark.SiteName }, logger);
#pragma warning restore CA2000
            var networks = new CloudNetworks(new NetworkTable(folder, clock.GetUtcNow() - options.FenceRetention), neutron, mark, options, clock);
            var terms = new SiteTerms(mark, options, clock, logger);
            var flavors = new Flavors(nova, mark, options, table, clock, logger);
            var parts = new ServerParts(
                new(neutron, mark, options, table, logger), new(cinder, mark, options, logger), new(nova, mark, options, table, logger), networks);
            var images = new CloudImages(folder, glance, mark, logger);
            var mover = new ServerMover(parts, nova, cloud, table, terms);
            return new(folderLock)
            {
                Options = options,
                Terms = terms,
                DefaultNetwork = defaultNetwork,
                Cloud = cloud,
                Http = http,
                Session = session,
                Nova = nova,
                Neutron = neutron,
                Glance = glance,
                Images = images,
                Flavors = flavors,
                Networks = networks,
                Table = table,
                Mover = mover,
                Keeper = new(cloud, mover, new(parts, flavors, images, cloud), table, terms, nova),
                Capacity = new(cloud, nova, cinder, table, options),
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
        Cloud.Dispose();
        Session.Dispose();
        Http.Dispose();
        folderLock.Dispose();
    }

    private static string SiteOf(OpenStackOptions options) =>
        options.SiteName.Length == 0 ? Mark.SiteOf(options.Folder)
        : SitePattern().IsMatch(options.SiteName) ? options.SiteName
        : throw Failure.InvalidInput("VIM_OPTIONS",
            $"The settings of VIM adapter {OpenStackVim.AdapterName} are refused: SiteName: '{options.SiteName}'; 1 to 32 characters of [a-z0-9-] would be right, because it becomes a part of names in the project.", OpenStackVim.AdapterName).ToException();

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\z")]
    private static partial Regex SitePattern();
}
