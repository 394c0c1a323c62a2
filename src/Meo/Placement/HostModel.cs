using System.Collections.Immutable;
using Mano.Meo.Placement.Geography;

namespace Mano.Meo.Placement;

/// <summary>A MEC host as it stood when the snapshot was taken. Never edited: a change makes another.</summary>
internal sealed record HostModel
{
    public required string HostId { get; init; }

    public required string SiteId { get; init; }

    public string Zone { get; init; } = "";

    /// <summary>ISO 3166-1 alpha-2 of its site; empty when the operator did not say.</summary>
    public string CountryCode { get; init; } = "";

    /// <summary>Where its site stands; null when the operator did not say.</summary>
    public GeoPoint? Location { get; init; }

    /// <summary>Whether the MEO hears from its site.</summary>
    public SiteHealth SiteHealth { get; init; } = SiteHealth.Alive;

    /// <summary>Whether its VIM and its platform answer.</summary>
    public bool Healthy { get; init; } = true;

    /// <summary>One sentence when not healthy.</summary>
    public string Message { get; init; } = "";

    public bool Maintenance { get; init; }

    /// <summary>"executable", "rootfs", "container", "vm", "any".</summary>
    public ImmutableArray<string> WorkloadKinds { get; init; } = [];

    /// <summary>"x86_64", "aarch64"; empty: not said.</summary>
    public string CpuArchitecture { get; init; } = "";

    public ResourceAmount Total { get; init; }

    /// <summary>What others than the MEO use here: the VIM's used figure less what was held and owed when that figure arrived.</summary>
    public ResourceAmount Others { get; init; }

    /// <summary>What the MEO has promised here.</summary>
    public ResourceAmount Held { get; init; }

    /// <summary>What instances that were given up may still occupy here, until the site has removed them.</summary>
    public ResourceAmount Owed { get; init; }

    /// <summary>One way, from the users of its zone.</summary>
    public long LatencyNs { get; init; }

    public ImmutableArray<OfferedService> Services { get; init; } = [];

    public ImmutableArray<OfferedFeature> Features { get; init; } = [];

    /// <summary>Lower case: "gpu", "sriov", "hugepages-1g".</summary>
    public ImmutableArray<string> Hardware { get; init; } = [];

    /// <summary>How many there are of that hardware of which the operator said a number ("gpu:4").</summary>
    public ImmutableSortedDictionary<string, int> Devices { get; init; } = Placement.Devices.None;

    /// <summary>How many of these the MEO has promised here.</summary>
    public ImmutableSortedDictionary<string, int> HeldDevices { get; init; } = Placement.Devices.None;

    /// <summary>Networks that are reached from here, by the names the operator gave them.</summary>
    public ImmutableArray<string> Networks { get; init; } = [];

    /// <summary>The tenants it serves; none: all.</summary>
    public ImmutableArray<string> Tenants { get; init; } = [];

    /// <summary>What a virtual CPU costs here, beside the usual price, which is 1; null: not said.</summary>
    public double? Cost { get; init; }

    /// <summary>Watts that a busy virtual CPU takes; null: not said.</summary>
    public double? WattsPerCpu { get; init; }

    /// <summary>Affinity groups of the instances here, with how many instances each.</summary>
    public ImmutableDictionary<string, int> Groups { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Packages of the instances here, with how many instances each.</summary>
    public ImmutableDictionary<string, int> Packages { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>The application instances that have a hold here.</summary>
    public ImmutableHashSet<string> Instances { get; init; } = [];

    /// <summary>
    /// What a new instance may take: total less what we promised, whether or not it is allocated yet, less what the
    /// VIM reports beyond that, less what a site that was away may still run for nobody. Below zero when somebody else took what we had promised.
    /// </summary>
    public ResourceAmount Free => Total - Held - Owed - Others;

    /// <summary>Devices of a kind that are free; null when nobody said how many there are.</summary>
    public int? FreeOf(string device) => Devices.TryGetValue(device, out var all) ? all - HeldDevices.GetValueOrDefault(device) : null;
}

/// <summary>Whether the MEO hears from a site.</summary>
internal enum SiteHealth
{
    /// <summary>Heartbeats arrive in time.</summary>
    Alive,

    /// <summary>At least one heartbeat is missing.</summary>
    Suspect,

    /// <summary>Silent for longer than the configured time.</summary>
    Lost,

    /// <summary>Deregistered on purpose.</summary>
    Left,
}

/// <summary>A MEC service that a host's platform offers.</summary>
/// <param name="Name">serName.</param>
/// <param name="Version">Dotted numbers; empty: not said.</param>
/// <param name="Transports">"REST_HTTP", …; empty means REST_HTTP.</param>
internal sealed record OfferedService(string Name, string Version, ImmutableArray<string> Transports);

/// <summary>A feature of a host's platform.</summary>
internal sealed record OfferedFeature(string Name, string Version);
