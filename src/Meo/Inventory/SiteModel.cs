using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Mano.Meo.Placement;

namespace Mano.Meo.Inventory;

/// <summary>A site as its MEPM registered it, with what the operator added. Stored under <c>site/{tenant}/{id}</c>; a change makes another.</summary>
internal sealed record SiteModel
{
    public required string SiteId { get; init; }

    public string Name { get; init; } = "";

    /// <summary>Where the MEPM's gRPC is reached.</summary>
    public required string MepmAddress { get; init; }

    public SiteLocation? Location { get; init; }

    public ImmutableArray<HostReport> Hosts { get; init; } = [];

    public string Version { get; init; } = "";

    /// <summary>Distinguishes one start of the MEPM from the next.</summary>
    public string Incarnation { get; init; } = "";

    /// <summary>Hosts that the operator keeps free; survives registrations.</summary>
    public ImmutableArray<string> Maintenance { get; init; } = [];

    /// <summary>The MEPM deregistered on purpose.</summary>
    public bool Left { get; init; }
}

/// <summary>A place on the earth.</summary>
internal sealed record SiteLocation(double Latitude, double Longitude, string CountryCode);

/// <summary>What a MEPM says of one of its hosts.</summary>
internal sealed record HostReport
{
    public required string HostId { get; init; }

    public string Zone { get; init; } = "";

    public string VimKind { get; init; } = "";

    public ImmutableArray<string> WorkloadKinds { get; init; } = [];

    public string CpuArchitecture { get; init; } = "";

    public ResourceAmount Total { get; init; }

    /// <summary>What the VIM says is used, by us and by others.</summary>
    public ResourceAmount Used { get; init; }

    public long LatencyNs { get; init; }

    public ImmutableArray<OfferedService> Services { get; init; } = [];

    public ImmutableArray<OfferedFeature> Features { get; init; } = [];

    public ImmutableArray<string> Hardware { get; init; } = [];

    /// <summary>Absent in what older versions stored.</summary>
    public ImmutableArray<string> Networks { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Absent in what older versions stored.</summary>
    public ImmutableArray<string> Tenants { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Beside the usual price, which is 1.</summary>
    public double? Cost { get; init; }

    public double? WattsPerCpu { get; init; }

    public bool Healthy { get; init; }

    public string Message { get; init; } = "";

    public string Mp1Url { get; init; } = "";

    public string DnsAddress { get; init; } = "";

    public string GatewayAddress { get; init; } = "";
}

/// <summary>A site and how it is at this moment.</summary>
/// <param name="Model">As registered.</param>
/// <param name="Health">Whether we hear from it.</param>
/// <param name="LastHeartbeat">When we last did.</param>
/// <param name="Held">What we hold on each of its hosts.</param>
internal sealed record SiteStatus(SiteModel Model, SiteHealth Health, DateTimeOffset LastHeartbeat, ImmutableDictionary<string, ResourceAmount> Held)
{
    /// <summary>What instances that were given up may still occupy on each of its hosts.</summary>
    public ImmutableDictionary<string, ResourceAmount> Owed { get; init; } = ImmutableDictionary<string, ResourceAmount>.Empty;
}

[JsonSerializable(typeof(SiteModel))]
[JsonSerializable(typeof(HostReport))]
[JsonSerializable(typeof(CapacityHold))]
[JsonSerializable(typeof(SiteHeard))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class InventoryJson : JsonSerializerContext;
