using System.Net;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Dns.Backends;

/// <summary>Which server answers users' DNS queries, and how it is told.</summary>
public sealed record DnsBackendOptions
{
    private const int MaxPlatformId = 35; // "mano:" before it, and PowerDNS keeps 40 characters of an account

    public DnsBackendKind Kind { get; init; } = DnsBackendKind.Embedded;

    /// <summary>Root of PowerDNS' web server, without <c>/api/v1</c>.</summary>
    public Uri? PowerDnsApi { get; init; }

    /// <summary>The file that holds PowerDNS' API key; read for every call, so that the key may be changed while we run.</summary>
    public string PowerDnsKeyFile { get; init; } = string.Empty;

    /// <summary>Whether zones may be made in PowerDNS: one of <c>--dns-zone</c> that is missing, and one for a name that lies in none.</summary>
    public bool PowerDnsCreatesZones { get; init; }

    /// <summary>The folder that dnsmasq was given as <c>--hostsdir</c>.</summary>
    public string DnsmasqHostsFolder { get; init; } = string.Empty;

    /// <summary>Where dnsmasq keeps its process id, to be told to read again; empty: it is not told.</summary>
    public string DnsmasqPidFile { get; init; } = string.Empty;

    /// <summary>How long a change waits for the server.</summary>
    /// <value>The default is 5 s: a change takes some ms, and a server that took longer is told again later.</value>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause before a server that is away is asked again.</summary>
    /// <value>The default is 5 s: it is one small request.</value>
    internal TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <exception cref="FailureException">Something is missing or does not belong together.</exception>
    internal void Check(IPEndPoint dns, string platformId, string defaultPlatformId)
    {
        if (Kind == DnsBackendKind.Embedded)
        {
            Require(PowerDnsApi is null && PowerDnsKeyFile.Length == 0 && !PowerDnsCreatesZones, "--powerdns-… flags go with --dns-backend powerdns.");
            Require(DnsmasqHostsFolder.Length + DnsmasqPidFile.Length == 0, "--dnsmasq-… flags go with --dns-backend dnsmasq.");
            return;
        }

        var name = Kind == DnsBackendKind.PowerDns ? "powerdns" : "dnsmasq";
        Require(dns.Port != 0, $"--dns-backend {name} needs --dns ADDRESS:PORT, where that server answers users.");
        Require(platformId != defaultPlatformId, $"--dns-backend {name} needs --platform-id: it marks what is ours in that server, and another platform's mark must be another.");
        if (Kind == DnsBackendKind.PowerDns)
        {
            Require(PowerDnsApi is not null, "--dns-backend powerdns needs --powerdns-api URL, for example http://127.0.0.1:8081.");
            Require(File.Exists(PowerDnsKeyFile), $"--dns-backend powerdns needs --powerdns-key-file FILE with the API key; '{PowerDnsKeyFile}' is no file.");
            Require(platformId.Length <= MaxPlatformId, $"--platform-id has {platformId.Length} characters; with PowerDNS at most {MaxPlatformId} are possible, for they mark our records.");
            Require(DnsmasqHostsFolder.Length + DnsmasqPidFile.Length == 0, "--dnsmasq-… flags go with --dns-backend dnsmasq.");
            return;
        }

        Require(DnsmasqHostsFolder.Length > 0, "--dns-backend dnsmasq needs --dnsmasq-hosts-dir DIR, the folder that dnsmasq was given as --hostsdir.");
        Require(PowerDnsApi is null && PowerDnsKeyFile.Length == 0 && !PowerDnsCreatesZones, "--powerdns-… flags go with --dns-backend powerdns.");
    }

    private static void Require(bool holds, string sentence)
    {
        if (!holds)
        {
            throw Failure.InvalidInput("BAD_DNS_BACKEND", sentence).ToException();
        }
    }
}
