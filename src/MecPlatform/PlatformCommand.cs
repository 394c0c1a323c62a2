using System.CommandLine;
using System.Net;
using Mano.Mesh.Hosting;

namespace Mano.MecPlatform;

/// <summary>The platform's command line.</summary>
internal sealed class PlatformCommand
{
    private readonly MeshFlags shared;
    private readonly Option<string> platformId = new("--platform-id") { Description = "names this platform", DefaultValueFactory = _ => "platform" };
    private readonly Option<IPEndPoint> dns = MeshFlags.Address("--dns", "where DNS is answered, UDP and TCP");
    private readonly Option<IPEndPoint> gateway = MeshFlags.Address("--gateway", "where users' traffic enters, SOCKS 5");
    private readonly Option<IPEndPoint?> upstream = MeshFlags.Parsed<IPEndPoint?>(
        "--dns-upstream", "whom to ask for other names; without it they are refused", "ADDRESS:PORT", MeshFlags.ParseEndPoint, null);

    private readonly Option<string[]> zones = new("--dns-zone")
    {
        Description = "a zone whose names do not exist without an active rule; may be repeated", HelpName = "NAME", DefaultValueFactory = _ => [],
    };

    private readonly Option<bool> passthrough = new("--passthrough") { Description = "let traffic leave for its original destination" };
    private readonly Option<bool> strictRules = new("--strict-rules") { Description = "refuse traffic rules that this data plane cannot enforce" };

    public PlatformCommand()
    {
        shared = new MeshFlags(Root);
        foreach (var option in (Option[])[platformId, dns, gateway, upstream, zones, passthrough, strictRules])
        {
            Root.Options.Add(option);
        }
    }

    public RootCommand Root { get; } = new("The MEC platform of one host: Mm5, Mp1, DNS and traffic rules.");

    public PlatformOptions Options(ParseResult parsed) => new()
    {
        PlatformId = parsed.GetRequiredValue(platformId),
        Listen = shared.Listen(parsed),
        DataFolder = shared.Data(parsed),
        LogLevel = shared.LowestLogLevel(parsed),
        DnsListen = parsed.GetRequiredValue(dns),
        DnsUpstream = parsed.GetValue(upstream),
        DnsZones = parsed.GetRequiredValue(zones),
        GatewayListen = parsed.GetRequiredValue(gateway),
        Passthrough = parsed.GetValue(passthrough),
        StrictRules = parsed.GetValue(strictRules),
    };
}
