using System.Collections.Immutable;
using System.Net;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Dns.Backends;

/// <summary>
/// The part of a DNS server's data that is ours, by application instance. What is somebody else's is neither shown nor
/// touched. Every method throws <see cref="FailureException"/> (Unavailable) while the server cannot be told or asked.
/// </summary>
internal interface IDnsRegister
{
    /// <summary>"powerdns" or "dnsmasq".</summary>
    string Kind { get; }

    /// <summary>Where the server answers users.</summary>
    IPEndPoint Address { get; }

    /// <summary>Whether it keeps a TTL for each name; else every <see cref="RecordSet.TtlSeconds"/> of <see cref="Read"/> is 0.</summary>
    bool CarriesTtl { get; }

    /// <summary>Everything of ours that it holds.</summary>
    Task<IReadOnlyDictionary<string, ImmutableHashSet<RecordSet>>> Read(CancellationToken cancel);

    /// <summary>Makes these changes; with none, only looks whether what is intended is answered. Says which instances' names it could not take, and why.</summary>
    Task<IReadOnlyDictionary<string, string>> Write(
        IReadOnlyList<DnsChange> changes, IReadOnlyDictionary<string, ImmutableHashSet<RecordSet>> intended, CancellationToken cancel);
}
