using System.CommandLine;
using System.Net;
using Mano.MecPlatform.Dns.Backends;
using Mano.MecPlatform.Mp1;
using Mano.MecPlatform.Traffic;
using Mano.Mesh.Discovery;
using Mano.Mesh.Hosting;

namespace Mano.MecPlatform;

/// <summary>The platform's command line.</summary>
internal sealed class PlatformCommand
{
    private readonly MeshFlags shared;
    private readonly DiscoveryFlags discovery;
    private readonly DnsFlags dns;
    private readonly Mp1Flags mp1;
    private readonly Option<string> platformId = new("--platform-id") { Description = "names this platform", DefaultValueFactory = _ => "platform" };
    private readonly Option<string> site = new("--site") { Description = "id of the site, told to Consul", HelpName = "ID", DefaultValueFactory = _ => "" };
    private readonly Option<string> zone = new("--zone") { Description = "zone of the host, told to Consul", HelpName = "ZONE", DefaultValueFactory = _ => "" };
    private readonly Option<string> host = new("--host") { Description = "id of the MEC host, by which its MEPM finds this platform in Consul; the default is --platform-id", HelpName = "ID", DefaultValueFactory = _ => "" };
    private readonly Option<Uri?> advertise = MeshFlags.Url("--advertise", "where the MEPM reaches us, and under whose host users and applications do; the default is where we listen");
    private readonly Option<IPEndPoint> gateway = MeshFlags.Address("--gateway", "where users' traffic enters, SOCKS 5");
    private readonly Option<bool> passthrough = new("--passthrough") { Description = "let traffic leave for its original destination" };
    private readonly Option<DataPlaneKind> dataPlane = MeshFlags.Parsed(
        "--data-plane", "what carries users' traffic: userspace (the SOCKS 5 gateway, no rights needed) or nft (the kernel, in --gateway-netns)", "KIND", Plane, DataPlaneKind.Userspace);

    private readonly Option<string> gatewayNamespace = new("--gateway-netns")
    {
        Description = "network namespace of the gateway, with --data-plane nft; the default is the one this runs in", HelpName = "NAME", DefaultValueFactory = _ => "",
    };

    private readonly Option<bool> strictRules = new("--strict-rules") { Description = "refuse traffic rules that this data plane cannot enforce" };

    public PlatformCommand()
    {
        shared = new MeshFlags(Root);
        discovery = new DiscoveryFlags(Root);
        dns = new DnsFlags(Root);
        mp1 = new Mp1Flags(Root);
        foreach (var option in (Option[])[platformId, site, zone, host, advertise, gateway, passthrough, strictRules, dataPlane, gatewayNamespace])
        {
            Root.Options.Add(option);
        }
    }

    public RootCommand Root { get; } = new("The MEC platform of one host: Mm5, Mp1, DNS and traffic rules.");

    public PlatformOptions Options(ParseResult parsed) => mp1.Read(parsed, dns.Read(parsed, new()
    {
        PlatformId = parsed.GetRequiredValue(platformId),
        SiteId = parsed.GetRequiredValue(site),
        Zone = parsed.GetRequiredValue(zone),
        HostId = parsed.GetRequiredValue(host),
        Advertise = parsed.GetValue(advertise),
        Discovery = discovery.Read(parsed),
        Listen = shared.Listen(parsed),
        DataFolder = shared.Data(parsed),
        LogLevel = shared.LowestLogLevel(parsed),
        GatewayListen = parsed.GetRequiredValue(gateway),
        Passthrough = parsed.GetValue(passthrough),
        StrictRules = parsed.GetValue(strictRules),
        DataPlane = parsed.GetValue(dataPlane),
        GatewayNamespace = parsed.GetRequiredValue(gatewayNamespace),
    }));

    private static DataPlaneKind Plane(string text) => text switch
    {
        "userspace" => DataPlaneKind.Userspace,
        "nft" => DataPlaneKind.Nft,
        _ => throw new FormatException($"'{text}' is not a data plane; write userspace or nft."),
    };
}
