using System.Net;
using Mano.MecPlatform.AppSupport;
using Mano.MecPlatform.Dns;
using Mano.MecPlatform.Dns.Backends;
using Mano.MecPlatform.Mp1;
using Mano.MecPlatform.Traffic;
using Mano.MecPlatform.Traffic.Gateway;
using Mano.Mesh.Discovery;
using Mano.Mesh.Hosting;

namespace Mano.MecPlatform;

/// <summary>Everything that a platform can be told when it starts.</summary>
public sealed record PlatformOptions
{
    /// <summary>Names this platform to the MEPM and in logs.</summary>
    public string PlatformId { get; init; } = "platform";

    /// <summary>The Consul agent to register with; null: without Consul.</summary>
    public DiscoveryOptions? Discovery { get; init; }

    /// <summary>Which site it belongs to, for the catalogue; may be empty.</summary>
    public string SiteId { get; init; } = "";

    /// <summary>The zone of its host, for the catalogue; may be empty.</summary>
    public string Zone { get; init; } = "";

    /// <summary>The MEC host whose platform this is, for the catalogue, where the host's MEPM looks for it.</summary>
    /// <value>The default is <see cref="PlatformId"/>.</value>
    public string HostId { get; init; } = "";

    /// <summary>
    /// Where the MEPM reaches us. Its host is also what users and applications are told of DNS, the gateway and Mp1 where
    /// those listen on every address. <value>The default is where we listen.</value>
    /// </summary>
    public Uri? Advertise { get; init; }

    /// <summary>Where Mm5 (gRPC) and Mp1 (HTTP/1.1) listen.</summary>
    public ListenOptions Listen { get; init; } = new();

    /// <summary>The folder of its state; made if missing.</summary>
    public required string DataFolder { get; init; }

    /// <summary>What answers users' DNS queries.</summary>
    public DnsBackendOptions DnsBackend { get; init; } = new();

    /// <summary>Where DNS is answered, UDP and TCP. With the embedded backend we listen there, and port 0 means any; with another it is that server's address.</summary>
    public IPEndPoint DnsListen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Whom to ask for other names; null: nobody.</summary>
    public IPEndPoint? DnsUpstream { get; init; }

    /// <summary>Zones whose names do not exist without an active rule.</summary>
    public IReadOnlyList<string> DnsZones { get; init; } = [];

    /// <summary>Where users' traffic enters (SOCKS 5); port 0 means any.</summary>
    public IPEndPoint GatewayListen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>What carries users' traffic.</summary>
    public DataPlaneKind DataPlane { get; init; } = DataPlaneKind.Userspace;

    /// <summary>With <see cref="DataPlaneKind.Nft"/>: the network namespace of the gateway, by name or path; empty: the one this process runs in.</summary>
    public string GatewayNamespace { get; init; } = "";

    /// <summary>How often the data plane is compared with intent.</summary>
    /// <value>The default is 10 s: what somebody else changes by hand is mended before the next person asks why.</value>
    public TimeSpan CompareEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether traffic may leave for its original destination.</summary>
    public bool Passthrough { get; init; }

    /// <summary>Whether rules that the data plane cannot enforce wholly are refused.</summary>
    public bool StrictRules { get; init; }

    /// <summary>Who may speak for an instance over Mp1.</summary>
    /// <value>The default is <see cref="Mp1AccessKind.Address"/>: an application must not end, or speak for, another one.</value>
    public Mp1AccessKind Mp1Access { get; init; } = Mp1AccessKind.Address;

    /// <summary>Where callbacks may lead, beside the instance's own address.</summary>
    /// <value>The default, none given, is loopback and the private networks, where applications of a site live.</value>
    public IReadOnlyList<IPNetwork> CallbackNetworks { get; init; } = [];

    /// <summary>A file with the transports that the site offers to services, a JSON array of MEC 011 TransportInfo; empty: none.</summary>
    public string TransportsFile { get; init; } = "";

    /// <summary>The site's NTP servers, told to applications; best first.</summary>
    public IReadOnlyList<string> NtpServers { get; init; } = [];

    /// <summary>Lowest level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Null: the system's clock.</summary>
    internal TimeProvider? Clock { get; init; }

    /// <summary>For tests; the command line sets the rest of it.</summary>
    internal AppSupportOptions AppSupport { get; init; } = new();

    internal GatewayOptions Gateway { get; init; } = new();

    internal DnsOptions Dns { get; init; } = new();
}
