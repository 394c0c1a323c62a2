namespace Mano.MecPlatform.Dns.Backends;

/// <summary>What answers users' DNS queries.</summary>
public enum DnsBackendKind
{
    /// <summary>The responder of this process.</summary>
    Embedded,

    /// <summary>A PowerDNS authoritative server, told over its REST API.</summary>
    PowerDns,

    /// <summary>A dnsmasq, told through a folder of hosts files.</summary>
    Dnsmasq,
}
