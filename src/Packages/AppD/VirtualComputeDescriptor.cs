namespace Mano.Packages.AppD;

/// <summary>CPU, memory and disk of the one compute that realises the application (IFA 011 §7.1.9.2.2).</summary>
public sealed record VirtualComputeDescriptor
{
    public required string VirtualComputeDescId { get; init; }
    public required VirtualCpu VirtualCpu { get; init; }
    public required VirtualMemory VirtualMemory { get; init; }
    public IReadOnlyList<BlockStorageData> VirtualDisk { get; init; } = [];
    public IReadOnlyList<LogicalNodeRequirements> LogicalNode { get; init; } = [];
    public IReadOnlyList<RequestedAdditionalCapability> RequestAdditionalCapabilities { get; init; } = [];

    /// <summary>Host requirements as key=value, for example <c>gpu=1</c>.</summary>
    public IReadOnlyList<string> ComputeRequirements { get; init; } = [];
}

/// <summary>CPUs of a compute.</summary>
public sealed record VirtualCpu
{
    /// <summary>At least 1.</summary>
    public required int NumVirtualCpu { get; init; }

    /// <summary>For example <c>x86</c>, <c>x86_64</c>, <c>arm64</c>, as the package spells it. Null: any.</summary>
    public string? CpuArchitecture { get; init; }

    /// <summary>MHz.</summary>
    public int? VirtualCpuClock { get; init; }
    public string? VirtualCpuOversubscriptionPolicy { get; init; }
    public IReadOnlyDictionary<string, string> VduCpuRequirements { get; init; } = Nothing.Pairs;
    public VirtualCpuPinning? VirtualCpuPinning { get; init; }
}

/// <summary>Pinning of virtual to logical CPUs; the policy is STATIC or DYNAMIC.</summary>
public sealed record VirtualCpuPinning(string? VirtualCpuPinningPolicy, IReadOnlyList<string> VirtualCpuPinningRule);

/// <summary>Memory of a compute.</summary>
public sealed record VirtualMemory
{
    /// <summary>MiB, at least 1. Sizes written in MB, GB or GiB are converted and rounded up.</summary>
    public required int VirtualMemSize { get; init; }
    public string? VirtualMemOversubscriptionPolicy { get; init; }
    public IReadOnlyDictionary<string, string> VduMemRequirements { get; init; } = Nothing.Pairs;
    public bool NumaEnabled { get; init; }
    public string? HugePagesRequirements { get; init; }
}

/// <summary>Requirements on the logical node, free key and value pairs (IFA 011 §7.1.9.6).</summary>
public sealed record LogicalNodeRequirements(string Id, IReadOnlyDictionary<string, string> Detail);

/// <summary>A capability asked for beyond CPU and memory, for example an accelerator (IFA 011 §7.1.9.5).</summary>
public sealed record RequestedAdditionalCapability
{
    public required string RequestedAdditionalCapabilityName { get; init; }

    /// <summary>True: a host without it is refused. False: preferred.</summary>
    public bool SupportMandatory { get; init; }
    public string? MinRequestedAdditionalCapabilityVersion { get; init; }
    public string? PreferredRequestedAdditionalCapabilityVersion { get; init; }
    public IReadOnlyDictionary<string, string> TargetPerformanceParameters { get; init; } = Nothing.Pairs;
}

/// <summary>Shared empty values.</summary>
internal static class Nothing
{
    internal static readonly IReadOnlyDictionary<string, string> Pairs = new Dictionary<string, string>();
}
