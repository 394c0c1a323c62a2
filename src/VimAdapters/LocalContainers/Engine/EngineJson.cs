using System.Text.Json.Serialization;

namespace Mano.VimAdapters.LocalContainers.Engine;

// The part of the Docker Engine API (1.41) that is used, spelled as it is there.

internal sealed record EngineMessage(string? Message);

internal sealed record EngineVersion(string? Version, IReadOnlyList<EngineComponent>? Components);

internal sealed record EngineComponent(string? Name);

internal sealed record EngineInfo
{
    [JsonPropertyName("NCPU")]
    public int Cpus { get; init; }

    public long MemTotal { get; init; }

    public string? DockerRootDir { get; init; }

    public string? Architecture { get; init; }

    [JsonPropertyName("OSType")]
    public string? OsType { get; init; }

    public string? CgroupVersion { get; init; }

    public bool MemoryLimit { get; init; }

    public bool CpuCfsQuota { get; init; }

    public bool PidsLimit { get; init; }

    public bool LiveRestoreEnabled { get; init; }
}

internal sealed record ContainerSummary
{
    public required string Id { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public string? State { get; init; }
}

/// <summary>What a container is now.</summary>
internal sealed record ContainerDetails
{
    public required string Id { get; init; }

    public required ContainerState State { get; init; }

    public int RestartCount { get; init; }

    public ContainerConfig? Config { get; init; }

    public ContainerLimits? HostConfig { get; init; }

    public IReadOnlyList<ContainerMount>? Mounts { get; init; }
}

/// <summary>What is mounted into a container: for a volume, its name.</summary>
internal sealed record ContainerMount(string? Type, string? Name, string? Destination);

internal sealed record ContainerState
{
    public string Status { get; init; } = "";

    [JsonPropertyName("OOMKilled")]
    public bool OomKilled { get; init; }

    public int ExitCode { get; init; }

    public string? Error { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public ContainerHealth? Health { get; init; }
}

internal sealed record ContainerHealth(string? Status);

internal sealed record ContainerConfig
{
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public ContainerHealthcheck? Healthcheck { get; init; }
}

internal sealed record ContainerHealthcheck(IReadOnlyList<string>? Test);

internal sealed record ContainerLimits(long Memory, long NanoCpus, long CpuQuota, long CpuPeriod);

/// <summary>What is asked for with a create.</summary>
internal sealed record CreateContainer
{
    public required string Image { get; init; }

    public required IReadOnlyList<string> Env { get; init; }

    /// <summary>Null: the image's own.</summary>
    public IReadOnlyList<string>? Cmd { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required int StopTimeout { get; init; }

    public required HostConfig HostConfig { get; init; }

    public required NetworkingConfig NetworkingConfig { get; init; }
}

internal sealed record HostConfig
{
    public long Memory { get; init; }

    public long MemorySwap { get; init; }

    public long NanoCpus { get; init; }

    public required long PidsLimit { get; init; }

    public bool Privileged { get; init; }

    public required IReadOnlyList<string> CapDrop { get; init; }

    public required IReadOnlyList<string> CapAdd { get; init; }

    public required IReadOnlyList<string> SecurityOpt { get; init; }

    public bool ReadonlyRootfs { get; init; }

    public IReadOnlyDictionary<string, string>? Tmpfs { get; init; }

    public bool? Init { get; init; }

    public required string NetworkMode { get; init; }

    public required RestartRule RestartPolicy { get; init; }

    public required LogRule LogConfig { get; init; }

    public required IReadOnlyList<Ulimit> Ulimits { get; init; }

    public IReadOnlyList<MountRequest>? Mounts { get; init; }
}

internal sealed record RestartRule(string Name, int MaximumRetryCount = 0);

internal sealed record LogRule(string Type, IReadOnlyDictionary<string, string> Config);

internal sealed record Ulimit(string Name, long Soft, long Hard);

/// <summary>A volume for a container; the source is its name, null: one without a name. Never a path of the machine.</summary>
internal sealed record MountRequest(string Target, string? Source = null)
{
#pragma warning disable CA1822 // it is a part of the request
    public string Type => "volume";
#pragma warning restore CA1822
}

internal sealed record CreateVolume(string Name, IReadOnlyDictionary<string, string> Labels, string Driver = "local");

internal sealed record VolumeDetails(string Name, IReadOnlyDictionary<string, string>? Labels);

internal sealed record VolumeList(IReadOnlyList<VolumeDetails>? Volumes);

/// <summary>What a container has used; with a year 1 where it does not run.</summary>
internal sealed record ContainerStatistics
{
    public DateTimeOffset Read { get; init; }

    [JsonPropertyName("cpu_stats")]
    public CpuStatistics? Cpu { get; init; }

    [JsonPropertyName("memory_stats")]
    public MemoryStatistics? Memory { get; init; }

    public IReadOnlyDictionary<string, NetworkStatistics>? Networks { get; init; }
}

internal sealed record CpuStatistics([property: JsonPropertyName("cpu_usage")] CpuUsage? Usage);

internal sealed record CpuUsage([property: JsonPropertyName("total_usage")] long Total);

internal sealed record MemoryStatistics(long? Usage, IReadOnlyDictionary<string, long>? Stats);

internal sealed record NetworkStatistics([property: JsonPropertyName("rx_bytes")] long Received, [property: JsonPropertyName("tx_bytes")] long Sent);

internal sealed record NetworkingConfig(IReadOnlyDictionary<string, EndpointConfig> EndpointsConfig);

internal sealed record EndpointConfig([property: JsonPropertyName("IPAMConfig")] EndpointAddress Address);

internal sealed record EndpointAddress([property: JsonPropertyName("IPv4Address")] string IPv4);

internal sealed record CreatedContainer(string Id);

internal sealed record CreateNetwork
{
    public required string Name { get; init; }

    public bool CheckDuplicate { get; init; } = true;

    public string Driver { get; init; } = "bridge";

    [JsonPropertyName("IPAM")]
    public required NetworkAddresses Addresses { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }
}

internal sealed record NetworkAddresses(IReadOnlyList<NetworkRange>? Config);

internal sealed record NetworkRange(string? Subnet, string? Gateway);

internal sealed record NetworkDetails
{
    public required string Id { get; init; }

    [JsonPropertyName("IPAM")]
    public NetworkAddresses? Addresses { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

internal sealed record ImageDetails(string Id);

internal sealed record ImageSummary(string Id, IReadOnlyList<string>? RepoTags);

internal sealed record LoadLine([property: JsonPropertyName("error")] string? Error);

internal sealed record EngineEvent
{
    public string? Action { get; init; }

    /// <summary>Since 1970, in seconds; and in nanoseconds, where the engine is that fine.</summary>
    public long Time { get; init; }

    public long TimeNano { get; init; }

    public EventActor? Actor { get; init; }
}

internal sealed record EventActor([property: JsonPropertyName("ID")] string? Id, IReadOnlyDictionary<string, string>? Attributes);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(EngineMessage))]
[JsonSerializable(typeof(EngineVersion))]
[JsonSerializable(typeof(EngineInfo))]
[JsonSerializable(typeof(IReadOnlyList<ContainerSummary>))]
[JsonSerializable(typeof(ContainerDetails))]
[JsonSerializable(typeof(CreateContainer))]
[JsonSerializable(typeof(CreatedContainer))]
[JsonSerializable(typeof(CreateNetwork))]
[JsonSerializable(typeof(NetworkDetails))]
[JsonSerializable(typeof(ImageDetails))]
[JsonSerializable(typeof(IReadOnlyList<ImageSummary>))]
[JsonSerializable(typeof(LoadLine))]
[JsonSerializable(typeof(EngineEvent))]
[JsonSerializable(typeof(CreateVolume))]
[JsonSerializable(typeof(VolumeDetails))]
[JsonSerializable(typeof(VolumeList))]
[JsonSerializable(typeof(ContainerStatistics))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, IReadOnlyList<string>>))]
internal sealed partial class EngineJson : JsonSerializerContext;
