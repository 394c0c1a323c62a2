namespace Mano.Packages.AppD;

/// <summary>One OS container of the application (IFA 011 §7.1.6.13).</summary>
public sealed record OsContainerDescriptor
{
    public required string OsContainerDescId { get; init; }
    public required string Name { get; init; }
    public string Description { get; init; } = "";

    /// <summary>Id of a <see cref="SwImageDescriptor"/>.</summary>
    public required string SwImageDesc { get; init; }

    /// <summary>Milli-CPU.</summary>
    public int? RequestedCpuResources { get; init; }
    public int? CpuResourceLimit { get; init; }

    /// <summary>MiB.</summary>
    public int? RequestedMemoryResources { get; init; }
    public int? MemoryResourceLimit { get; init; }

    /// <summary>GiB.</summary>
    public int? RequestedEphemeralStorageResources { get; init; }
    public int? EphemeralStorageResourceLimit { get; init; }
    public IReadOnlyDictionary<string, string> ExtendedResourceRequests { get; init; } = Nothing.Pairs;
    public IReadOnlyDictionary<string, string> HugePageResources { get; init; } = Nothing.Pairs;
    public VirtualCpuPinning? CpuPinningRequirements { get; init; }
    public string? BootData { get; init; }
    public IReadOnlyList<MonitoringParameter> MonitoringParameters { get; init; } = [];
}

/// <summary>A measurement that may be taken (IFA 011 §7.1.11.3); the period is in seconds.</summary>
public sealed record MonitoringParameter(string? Id, string? Name, string PerformanceMetric, int? CollectionPeriod);

/// <summary>The managed object that realises a container application; present only with OS containers.</summary>
public sealed record McioIdentificationData(string Name, string Type);
