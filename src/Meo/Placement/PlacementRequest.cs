using System.Collections.Immutable;

namespace Mano.Meo.Placement;

/// <summary>What an application and its caller ask of a host. Empty fields ask nothing.</summary>
internal sealed record PlacementRequest
{
    /// <summary>Breaks ties, so that the same request gives the same answer: the operation's id.</summary>
    public required string Seed { get; init; }

    /// <summary>The instance that is to be placed; where it stands already does not count against it.</summary>
    public string AppInstanceId { get; init; } = "";

    public ResourceAmount Needed { get; init; }

    /// <summary>What the image needs the VIM to run, all of them: "executable", "rootfs", "container", "vm", "reference", "volume".</summary>
    public ImmutableArray<string> WorkloadKinds { get; init; } = [];

    public string CpuArchitecture { get; init; } = "";

    /// <summary>The tighter one of the AppD's appLatency and the caller's constraint; null: any latency.</summary>
    public long? MaxLatencyNs { get; init; }

    public ImmutableArray<NeededService> Services { get; init; } = [];

    public ImmutableArray<OfferedFeature> Features { get; init; } = [];

    /// <summary>Lower case.</summary>
    public ImmutableArray<string> Hardware { get; init; } = [];

    public ImmutableArray<string> Zones { get; init; } = [];

    public string SiteId { get; init; } = "";

    public string HostId { get; init; } = "";

    /// <summary>ISO 3166-1 alpha-2.</summary>
    public string CountryCode { get; init; } = "";

    public ImmutableArray<string> AntiAffinity { get; init; } = [];

    public ImmutableArray<string> Affinity { get; init; } = [];
}

/// <summary>A service an application needs (MEC 010-2 ServiceDependency).</summary>
/// <param name="Name">serName.</param>
/// <param name="Version">The least version; empty: any.</param>
/// <param name="TransportGroups">
/// Alternatives, of which one must be offered in full (the label rule of MEC 010-2 TransportDependency); none means REST_HTTP.
/// </param>
internal sealed record NeededService(string Name, string Version, ImmutableArray<ImmutableArray<string>> TransportGroups);
