using Mano.MecPlatform.Dns;
using Mano.MecPlatform.ServiceRegistry;
using Mano.MecPlatform.Traffic;

namespace Mano.MecPlatform.AppSupport;

/// <summary>What the platform holds for one instance (the set of MEC 010-2 ConfigPlatformForAppRequest).</summary>
internal sealed record PlatformConfiguration
{
    public static readonly PlatformConfiguration Empty = new();

    /// <summary>What a caller says of it who gives no digest of its own.</summary>
    public const string NoDigest = "-";

    /// <summary>The caller's own digest of what it meant, shown to it again; empty: kept by a version that did not ask.</summary>
    public string Digest { get; init; } = string.Empty;

    public string AppName { get; init; } = string.Empty;

    /// <summary>Whether the application says confirm_ready itself.</summary>
    public bool SupportsMp1 { get; init; }

    /// <summary>1 to 65535; 0: no probe.</summary>
    public int ReadinessPort { get; init; }

    public IReadOnlyList<TrafficRule> TrafficRules { get; init; } = [];

    public IReadOnlyList<DnsRule> DnsRules { get; init; } = [];

    public IReadOnlyList<ServiceDependency> ServicesRequired { get; init; } = [];

    public IReadOnlyList<ServiceDependency> ServicesOptional { get; init; } = [];

    public IReadOnlyList<ProducedService> ServicesProduced { get; init; } = [];

    public IReadOnlyList<FeatureDependency> FeaturesRequired { get; init; } = [];
}

/// <summary>A feature of the platform that an application needs (MEC 010-2 FeatureDependency).</summary>
internal sealed record FeatureDependency(string FeatureName, string Version);

/// <summary>Where an instance runs.</summary>
/// <param name="Address">An IP address.</param>
/// <param name="Ports">What it listens on there.</param>
internal sealed record InstanceEndpoint(string Address, IReadOnlyList<InstancePort> Ports)
{
    public bool SameAs(InstanceEndpoint? other) => other is not null && Address == other.Address && Ports.SequenceEqual(other.Ports);
}

/// <summary>A declared port.</summary>
internal sealed record InstancePort(string Name, string Protocol, int Number);
