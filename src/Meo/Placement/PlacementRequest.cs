using System.Collections.Immutable;
using Mano.Meo.Placement.Geography;

namespace Mano.Meo.Placement;

/// <summary>What an application and its caller ask of a host. Empty fields ask nothing.</summary>
internal sealed record PlacementRequest
{
    /// <summary>Breaks ties, so that the same request gives the same answer: the operation's id.</summary>
    public required string Seed { get; init; }

    /// <summary>The instance that is to be placed; where it stands already does not count against it.</summary>
    public string AppInstanceId { get; init; } = "";

    /// <summary>Its package; empty: not known.</summary>
    public string AppPkgId { get; init; } = "";

    /// <summary>Whose it is; empty: nobody's in particular.</summary>
    public string Tenant { get; init; } = "";

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

    /// <summary>How many of that hardware, where more than one or a number was asked.</summary>
    public ImmutableSortedDictionary<string, int> Devices { get; init; } = Placement.Devices.None;

    public ImmutableArray<string> Zones { get; init; } = [];

    public string SiteId { get; init; } = "";

    public string HostId { get; init; } = "";

    /// <summary>ISO 3166-1 alpha-2.</summary>
    public string CountryCode { get; init; } = "";

    /// <summary>Only sites that stand in it; null: anywhere.</summary>
    public GeoArea? Area { get; init; }

    /// <summary>Where its users are; null: in the host's own zone.</summary>
    public GeoPoint? UserLocation { get; init; }

    /// <summary>Networks that must be reached.</summary>
    public ImmutableArray<string> Networks { get; init; } = [];

    /// <summary>Good to have, not needed.</summary>
    public ImmutableArray<NeededService> OptionalServices { get; init; } = [];

    /// <summary>Good to have, not needed.</summary>
    public ImmutableArray<OfferedFeature> OptionalFeatures { get; init; } = [];

    /// <summary>Not on a host with a member; it becomes a member itself.</summary>
    public ImmutableArray<string> AntiAffinityGroups { get; init; } = [];

    /// <summary>On a host with a member, if there is a member anywhere; it becomes a member itself.</summary>
    public ImmutableArray<string> AffinityGroups { get; init; } = [];

    public ImmutableArray<string> AntiAffinity { get; init; } = [];

    public ImmutableArray<string> Affinity { get; init; } = [];

    /// <summary>The request as it is to be asked in a fleet: an affinity group without a member anywhere asks nothing.</summary>
    public PlacementRequest In(FleetSnapshot fleet) => AffinityGroups.Length == 0 || AffinityGroups.All(fleet.HasGroup)
        ? this
        : this with { AffinityGroups = [.. AffinityGroups.Where(fleet.HasGroup)] };

    /// <summary>
    /// One way from the users: the host's own figure and, if they have a place, light in fibre from there to the host's site. A site of which
    /// nobody said where it is counts as being on the other side of the earth.
    /// </summary>
    public long LatencyTo(HostModel host) => UserLocation is not { } users
        ? host.LatencyNs
        : host.LatencyNs + (host.Location is { } place ? GeoPoint.TimeNs(users, place) : GeoPoint.FarthestNs);
}

/// <summary>A service an application needs (MEC 010-2 ServiceDependency).</summary>
/// <param name="Name">serName.</param>
/// <param name="Version">The least version; empty: any.</param>
/// <param name="TransportGroups">
/// Alternatives, of which one must be offered in full (the label rule of MEC 010-2 TransportDependency); none means REST_HTTP.
/// </param>
internal sealed record NeededService(string Name, string Version, ImmutableArray<ImmutableArray<string>> TransportGroups);
