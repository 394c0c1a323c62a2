using System.CommandLine;
using System.Net;
using Mano.Mesh.Hosting;

namespace Mano.MecPlatform.Dns.Backends;

/// <summary>The command-line flags of DNS.</summary>
internal sealed class DnsFlags
{
    private readonly Option<IPEndPoint> dns = MeshFlags.Address("--dns", "where DNS is answered, UDP and TCP: here by us, or there by the server of --dns-backend");
    private readonly Option<IPEndPoint?> upstream = MeshFlags.Parsed<IPEndPoint?>(
        "--dns-upstream", "whom to ask for other names; without it they are refused", "ADDRESS:PORT", MeshFlags.ParseEndPoint, null);

    private readonly Option<string[]> zones = new("--dns-zone")
    {
        Description = "a zone whose names do not exist without an active rule; with powerdns one that may be written; may be repeated", HelpName = "NAME", DefaultValueFactory = _ => [],
    };

    private readonly Option<DnsBackendKind> backend = MeshFlags.Parsed(
        "--dns-backend", "what answers users' DNS queries: embedded (this process), powerdns (its REST API) or dnsmasq (its folder of hosts files)", "KIND", Kind, DnsBackendKind.Embedded);

    private readonly Option<Uri?> api = MeshFlags.Url("--powerdns-api", "PowerDNS' web server, without /api/v1");
    private readonly Option<string> keyFile = new("--powerdns-key-file") { Description = "file with PowerDNS' API key; read for every call", HelpName = "FILE", DefaultValueFactory = _ => "" };
    private readonly Option<bool> createZones = new("--powerdns-create-zones") { Description = "make zones in PowerDNS: one of --dns-zone that is missing, and one for a name that lies in none" };
    private readonly Option<string> hosts = new("--dnsmasq-hosts-dir") { Description = "the folder that dnsmasq was given as --hostsdir", HelpName = "DIR", DefaultValueFactory = _ => "" };
    private readonly Option<string> pidFile = new("--dnsmasq-pid-file") { Description = "dnsmasq's process id, to tell it to read again; needed before its release 2.88", HelpName = "FILE", DefaultValueFactory = _ => "" };

    /// <summary>Adds the flags to <paramref name="command"/>.</summary>
    public DnsFlags(Command command)
    {
        foreach (var option in (Option[])[dns, upstream, zones, backend, api, keyFile, createZones, hosts, pidFile])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The options with what was given.</summary>
    public PlatformOptions Read(ParseResult parsed, PlatformOptions options) => options with
    {
        DnsListen = parsed.GetRequiredValue(dns),
        DnsUpstream = parsed.GetValue(upstream),
        DnsZones = parsed.GetRequiredValue(zones),
        DnsBackend = new()
        {
            Kind = parsed.GetValue(backend),
            PowerDnsApi = parsed.GetValue(api),
            PowerDnsKeyFile = Full(parsed.GetRequiredValue(keyFile)),
            PowerDnsCreatesZones = parsed.GetValue(createZones),
            DnsmasqHostsFolder = Full(parsed.GetRequiredValue(hosts)),
            DnsmasqPidFile = Full(parsed.GetRequiredValue(pidFile)),
        },
    };

    private static string Full(string path) => path.Length == 0 ? path : Path.GetFullPath(path);

    private static DnsBackendKind Kind(string text) => text switch
    {
        "embedded" => DnsBackendKind.Embedded,
        "powerdns" => DnsBackendKind.PowerDns,
        "dnsmasq" => DnsBackendKind.Dnsmasq,
        _ => throw new FormatException($"'{text}' is not a DNS backend; write embedded, powerdns or dnsmasq."),
    };
}
