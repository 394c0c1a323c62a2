using System.Text.Json.Serialization;

namespace Mano.VimAdapters.OpenStack.Nova;

// The part of the Compute API v2.1 that is used, spelled as it is there.

internal sealed record NovaRoot(NovaVersion? Version);

internal sealed record NovaVersion
{
    /// <summary>The greatest microversion; empty: it knows none.</summary>
    public string? Version { get; init; }

    [JsonPropertyName("min_version")]
    public string? MinVersion { get; init; }
}

internal sealed record ServerList(IReadOnlyList<ServerDetails> Servers)
{
    [JsonPropertyName("servers_links")]
    public IReadOnlyList<NovaLink>? Links { get; init; }
}

internal sealed record NovaLink(string Rel, string Href);

internal sealed record ServerAnswer(ServerDetails Server);

/// <summary>What a server is now.</summary>
internal sealed record ServerDetails
{
    public required string Id { get; init; }

    public string Name { get; init; } = "";

    public string Status { get; init; } = "";

    public DateTimeOffset Created { get; init; }

    public DateTimeOffset? Updated { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    [JsonPropertyName("OS-EXT-STS:task_state")]
    public string? TaskState { get; init; }

    [JsonPropertyName("OS-EXT-STS:power_state")]
    public int PowerState { get; init; }

    [JsonPropertyName("OS-EXT-AZ:availability_zone")]
    public string? Zone { get; init; }

    /// <summary>UTC, without saying so.</summary>
    [JsonPropertyName("OS-SRV-USG:launched_at")]
    public string? LaunchedAt { get; init; }

    public IReadOnlyDictionary<string, IReadOnlyList<ServerAddress>> Addresses { get; init; } = new Dictionary<string, IReadOnlyList<ServerAddress>>();

    public ServerFlavor? Flavor { get; init; }

    public ServerFault? Fault { get; init; }

    [JsonPropertyName("os-extended-volumes:volumes_attached")]
    public IReadOnlyList<IdOnly> Volumes { get; init; } = [];
}

internal sealed record ServerAddress(string Addr, int Version);

internal sealed record ServerFlavor
{
    public int Vcpus { get; init; }

    public long Ram { get; init; }

    public long Disk { get; init; }

    [JsonPropertyName("original_name")]
    public string? Name { get; init; }
}

internal sealed record ServerFault(int Code, string? Message, DateTimeOffset? Created);

internal sealed record IdOnly(string Id);

internal sealed record CreateServerRequest(CreateServer Server)
{
    [JsonPropertyName("os:scheduler_hints")]
    public SchedulerHints? Hints { get; init; }
}

internal sealed record SchedulerHints(string Group);

internal sealed record CreateServer
{
    public required string Name { get; init; }

    [JsonPropertyName("flavorRef")]
    public required string FlavorRef { get; init; }

    /// <summary>Null where it boots from a volume.</summary>
    [JsonPropertyName("imageRef")]
    public string? ImageRef { get; init; }

    public required IReadOnlyList<ServerPort> Networks { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    public string? UserData { get; init; }

    public string? AvailabilityZone { get; init; }

    public string? KeyName { get; init; }

    public bool? ConfigDrive { get; init; }

    [JsonPropertyName("block_device_mapping_v2")]
    public IReadOnlyList<BlockDevice>? BlockDevices { get; init; }
}

internal sealed record ServerPort(string Port);

internal sealed record BlockDevice
{
    public required string Uuid { get; init; }

    public required string SourceType { get; init; }

    public string DestinationType { get; init; } = "volume";

    public required int BootIndex { get; init; }

    public long? VolumeSize { get; init; }

    public required bool DeleteOnTermination { get; init; }

    public string? VolumeType { get; init; }

    public string? Tag { get; init; }
}

internal sealed record FlavorList(IReadOnlyList<FlavorDetails> Flavors)
{
    [JsonPropertyName("flavors_links")]
    public IReadOnlyList<NovaLink>? Links { get; init; }
}

internal sealed record FlavorAnswer(FlavorDetails Flavor);

internal sealed record FlavorDetails
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public int Vcpus { get; init; }

    public long Ram { get; init; }

    public long Disk { get; init; }

    [JsonPropertyName("OS-FLV-DISABLED:disabled")]
    public bool IsDisabled { get; init; }

    [JsonPropertyName("extra_specs")]
    public IReadOnlyDictionary<string, string>? ExtraSpecs { get; init; }
}

internal sealed record CreateFlavorRequest(CreateFlavor Flavor);

internal sealed record CreateFlavor(string Name, long Vcpus, long Ram, long Disk)
{
    public string? Description { get; init; }
}

internal sealed record LimitsAnswer(Limits Limits);

internal sealed record Limits(AbsoluteLimits Absolute);

/// <summary>What the project may have and has; -1: as much as it wants.</summary>
internal sealed record AbsoluteLimits
{
    [JsonPropertyName("maxTotalInstances")]
    public long MaxInstances { get; init; } = -1;

    [JsonPropertyName("maxTotalCores")]
    public long MaxCores { get; init; } = -1;

    [JsonPropertyName("maxTotalRAMSize")]
    public long MaxRam { get; init; } = -1;

    [JsonPropertyName("totalInstancesUsed")]
    public long Instances { get; init; }

    [JsonPropertyName("totalCoresUsed")]
    public long Cores { get; init; }

    [JsonPropertyName("totalRAMUsed")]
    public long Ram { get; init; }
}

internal sealed record ZoneList([property: JsonPropertyName("availabilityZoneInfo")] IReadOnlyList<ZoneInfo> Zones);

internal sealed record ZoneInfo
{
    [JsonPropertyName("zoneName")]
    public required string Name { get; init; }

    [JsonPropertyName("zoneState")]
    public ZoneState? State { get; init; }
}

internal sealed record ZoneState(bool Available);

internal sealed record StopServer
{
    // The API wants a null here, which is otherwise left out.
    [JsonPropertyName("os-stop"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Stop { get; init; }
}

internal sealed record StartServer
{
    [JsonPropertyName("os-start"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Start { get; init; }
}

internal sealed record AttachPort([property: JsonPropertyName("interfaceAttachment")] AttachedPort Attachment);

internal sealed record AttachedPort(string PortId);

internal sealed record ReadConsole([property: JsonPropertyName("os-getConsoleOutput")] ConsoleLength Console);

internal sealed record ConsoleLength(int Length);

internal sealed record ConsoleOutput(string? Output);

internal sealed record ActionList([property: JsonPropertyName("instanceActions")] IReadOnlyList<ServerAction> Actions);

internal sealed record ServerAction
{
    public string Action { get; init; } = "";

    public string? Message { get; init; }

    [JsonPropertyName("start_time")]
    public string? StartTime { get; init; }

    [JsonPropertyName("request_id")]
    public string? RequestId { get; init; }
}

internal sealed record ServerGroupList([property: JsonPropertyName("server_groups")] IReadOnlyList<ServerGroup> Groups);

internal sealed record ServerGroupAnswer([property: JsonPropertyName("server_group")] ServerGroup Group);

internal sealed record ServerGroup
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string? Policy { get; init; }

    public IReadOnlyList<string> Members { get; init; } = [];
}

internal sealed record CreateServerGroupRequest([property: JsonPropertyName("server_group")] CreateServerGroup Group);

internal sealed record CreateServerGroup(string Name, string Policy);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NovaRoot))]
[JsonSerializable(typeof(ServerList))]
[JsonSerializable(typeof(ServerAnswer))]
[JsonSerializable(typeof(CreateServerRequest))]
[JsonSerializable(typeof(FlavorList))]
[JsonSerializable(typeof(FlavorAnswer))]
[JsonSerializable(typeof(CreateFlavorRequest))]
[JsonSerializable(typeof(LimitsAnswer))]
[JsonSerializable(typeof(ZoneList))]
[JsonSerializable(typeof(StopServer))]
[JsonSerializable(typeof(StartServer))]
[JsonSerializable(typeof(AttachPort))]
[JsonSerializable(typeof(ReadConsole))]
[JsonSerializable(typeof(ConsoleOutput))]
[JsonSerializable(typeof(ActionList))]
[JsonSerializable(typeof(ServerGroupList))]
[JsonSerializable(typeof(ServerGroupAnswer))]
[JsonSerializable(typeof(CreateServerGroupRequest))]
internal sealed partial class NovaJson : JsonSerializerContext;
