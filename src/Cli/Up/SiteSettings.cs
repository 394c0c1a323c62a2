using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Mano.MecPlatform;
using Mano.Mepm;
using Mano.Mepm.Hosts;
using Mano.Mepm.Sites;
using Mano.Mesh.Hosting;

namespace Mano.Cli.Up;

/// <summary>The settings of one site of an all-in-one.</summary>
internal sealed class SiteSettings(AllInOneOptions options, int index)
{
    private static readonly SiteLocation[] Places = [new(43.70, 7.27, "FR"), new(43.58, 7.12, "FR")];

    private readonly SitePorts ports = options.Ports.Site(index);

    public string SiteId => options.Ports.Sites[index];

    private string HostId => $"{SiteId}-1";

    private string Zone => $"zone-{SiteId[^1..]}";

    public PlatformOptions Platform() => new()
    {
        PlatformId = $"{HostId}-platform",
        DataFolder = Folder("platform"),
        Listen = new ListenOptions { Grpc = ports.PlatformGrpc, Http = Mp1() },
        DnsListen = ports.Dns,
        DnsZones = [AllInOneOptions.DnsZone],
        GatewayListen = ports.Gateway,
        LogLevel = options.LogLevel,
        Discovery = options.Discovery,
        SiteId = SiteId,
        Zone = Zone,
        HostId = HostId,
    };

    public MepmOptions Mepm(string meo, string platform) => new()
    {
        SiteId = SiteId,
        Name = $"Edge site {SiteId[^1..].ToUpperInvariant()}",
        DataFolder = Folder("mepm"),
        Listen = new ListenOptions { Grpc = ports.MepmGrpc, Http = ports.MepmHttp },
        Meo = options.Discovery is null ? [new Uri(meo)] : [],
        Discovery = options.Discovery,
        Location = Places[index % Places.Length],
        Hosts = [Host(platform)],
        LogLevel = options.LogLevel,
    };

    private HostOptions Host(string platform) => new()
    {
        HostId = HostId,
        Zone = Zone,
        Vim = options.Vim.ToString(),
        VimSettings = VimSettings(),
        Platform = options.Discovery is null ? new Uri(platform) : null,
        Latency = options.Latencies[index % options.Latencies.Count],
    };

    private Dictionary<string, string> VimSettings()
    {
        var settings = new Dictionary<string, string> { ["Folder"] = Folder("vim"), ["AddressRange"] = AddressRange() };
        switch (options.Vim)
        {
            case VimKind.LocalProcess:
                settings["Ephemeral"] = "true";
                break;
            case VimKind.LocalContainers:
                settings["Socket"] = options.Engine;
                break;
            default:
                break;
        }

        return settings;
    }

    /// <summary>
    /// Containers have a loopback of their own: Mp1 is at the first address of their network, which is this machine's own, and
    /// which there is once the engine has made the network.
    /// </summary>
    private IPEndPoint Mp1() => options.Vim == VimKind.LocalContainers
        ? new(IPAddress.Parse(AddressRange().Replace(".0/24", ".1", StringComparison.Ordinal)), ports.Mp1.Port)
        : ports.Mp1;

    /// <summary>
    /// A block of 127/8, or of 10/8 for containers, for each site of each state folder: two systems on one machine (a demo beside a <c>mano up</c>)
    /// then hardly ever reach for the same address, and after a restart applications are where they were.
    /// </summary>
    private string AddressRange()
    {
        var block = (BinaryPrimitives.ReadUInt16BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(options.Data))) & ~1) + (index & 1);
        if (options.Vim == VimKind.LocalContainers)
        {
            return $"10.{176 + ((block >> 8) & 0x3F)}.{block & 0xFF}.0/24";
        }

        return $"127.{64 + ((block >> 4) & 0x7F)}.{(block & 0xF) << 4}.0/20";
    }

    private string Folder(string part) => Path.Combine(options.Data, SiteId, part);
}
