namespace Mano.Packages.AppD;

/// <summary>A MEC service the application needs or may use (MEC 010-2 §6.2.1.17).</summary>
public sealed record ServiceDependency
{
    public required string SerName { get; init; }
    public required string Version { get; init; }
    public CategoryRef? SerCategory { get; init; }

    /// <summary>Empty means REST_HTTP with JSON.</summary>
    public IReadOnlyList<TransportDependency> SerTransportDependencies { get; init; } = [];

    /// <summary>Ids of permissions.</summary>
    public IReadOnlyList<string> RequestedPermissions { get; init; } = [];
}

/// <summary>A MEC service the application offers (MEC 010-2 §6.2.1.7).</summary>
public sealed record ServiceDescriptor
{
    public required string SerName { get; init; }
    public required string Version { get; init; }
    public CategoryRef? SerCategory { get; init; }
    public IReadOnlyList<TransportsSupported> TransportsSupported { get; init; } = [];
}

/// <summary>A feature of the MEC platform, for example UserApps (MEC 010-2 §6.2.1.8).</summary>
public sealed record FeatureDependency(string FeatureName, string Version);

/// <summary>A reference to a category of services (MEC 011 §8.1.5.2).</summary>
public sealed record CategoryRef(string Href, string Id, string Name, string Version);
