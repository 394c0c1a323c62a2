namespace Mano.Packages.AppD;

/// <summary>
/// A MEC application descriptor (MEC 010-2 §6.2.1.2), whatever dialect it was written in. What a reader gives
/// out has passed every validator; what it did not understand is in the faults beside it, not in here.
/// </summary>
public sealed record AppDescriptor
{
    /// <summary>Globally unique; identifies the package as well.</summary>
    public required string AppDId { get; init; }
    public required string AppName { get; init; }
    public required string AppProvider { get; init; }
    public required string AppSoftVersion { get; init; }
    public required string AppDVersion { get; init; }

    /// <summary>Versions of the MEC system the application runs on, each x.y.z. Empty: the package does not say.</summary>
    public IReadOnlyList<string> MecVersion { get; init; } = [];
    public string? AppInfoName { get; init; }
    public string AppDescription { get; init; } = "";

    /// <summary>Present for a virtual machine or a process; absent when <see cref="OsContainerDescriptor"/> is filled.</summary>
    public VirtualComputeDescriptor? VirtualComputeDescriptor { get; init; }
    public IReadOnlyList<OsContainerDescriptor> OsContainerDescriptor { get; init; } = [];
    public IReadOnlyList<SwImageDescriptor> SwImageDescriptor { get; init; } = [];
    public IReadOnlyList<VirtualStorageDescriptor> VirtualStorageDescriptor { get; init; } = [];
    public IReadOnlyList<AppExternalCpd> AppExtCpd { get; init; } = [];

    public IReadOnlyList<ServiceDependency> AppServiceRequired { get; init; } = [];
    public IReadOnlyList<ServiceDependency> AppServiceOptional { get; init; } = [];
    public IReadOnlyList<ServiceDescriptor> AppServiceProduced { get; init; } = [];
    public IReadOnlyList<FeatureDependency> AppFeatureRequired { get; init; } = [];
    public IReadOnlyList<FeatureDependency> AppFeatureOptional { get; init; } = [];
    public IReadOnlyList<TransportDependency> TransportDependencies { get; init; } = [];
    public IReadOnlyList<TrafficRuleDescriptor> AppTrafficRule { get; init; } = [];
    public IReadOnlyList<DnsRuleDescriptor> AppDNSRule { get; init; } = [];
    public LatencyDescriptor? AppLatency { get; init; }
    public TerminateAppInstanceOpConfig? TerminateAppInstanceOpConfig { get; init; }
    public ChangeAppInstanceStateOpConfig? ChangeAppInstanceStateOpConfig { get; init; }
    public UserContextTransferCapability? UserContextTransferCapability { get; init; }
    public AppNetworkPolicy? AppNetworkPolicy { get; init; }

    public string? MciopId { get; init; }
    public McioIdentificationData? McioIdentificationData { get; init; }
    public IReadOnlyList<LogicalNodeRequirements> LogicalNode { get; init; } = [];
    public IReadOnlyList<RequestedAdditionalCapability> RequestAdditionalCapabilities { get; init; } = [];
    public IReadOnlyList<string> McioConstraintParams { get; init; } = [];

    /// <summary>
    /// Whether the application reports readiness itself, by confirm_ready over Mp1 (MEC 011 §5.2.2). The standard
    /// has no attribute for it; EdgeGallery's <c>appSupportMp1</c> is accepted in every dialect. False: the platform
    /// takes the VIM's running state, and a probe of the declared port, for readiness.
    /// </summary>
    public bool AppSupportMp1 { get; init; }

    /// <summary>What the compute is given when it boots (IFA 011 bootData of the VDU). Null: nothing.</summary>
    public BootData? BootData { get; init; }

    /// <summary>What the application needs of a host, whichever kind of compute realises it.</summary>
    public ResourceNeed Need() => ResourceNeed.Of(this);
}
