using System.Text.Json.Serialization;

namespace Mano.Packages.AppD;

/// <summary>A storage resource beside the compute's own disk (IFA 011 §7.1.9.4).</summary>
public sealed record VirtualStorageDescriptor
{
    public required string Id { get; init; }
    public StorageType TypeOfStorage { get; init; }
    public BlockStorageData? BlockStorageData { get; init; }
    public ObjectStorageData? ObjectStorageData { get; init; }
    public FileStorageData? FileStorageData { get; init; }
    public bool PerVnfcInstance { get; init; } = true;
    public NfviMaintenanceInfo? NfviMaintenanceInfo { get; init; }

    /// <summary>GiB, whichever type it is.</summary>
    [JsonIgnore]
    public int SizeGib => BlockStorageData?.SizeOfStorage ?? FileStorageData?.SizeOfStorage
        ?? ObjectStorageData?.MaxSizeOfStorage ?? 0;
}

/// <summary>Kinds of storage.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StorageType>))]
public enum StorageType
{
    [JsonStringEnumMemberName("BLOCK")] Block,
    [JsonStringEnumMemberName("OBJECT")] ObjectStore,
    [JsonStringEnumMemberName("FILE")] File,
}

/// <summary>A disk.</summary>
public sealed record BlockStorageData
{
    /// <summary>GiB, rounded up.</summary>
    public required int SizeOfStorage { get; init; }
    public bool RdmaEnabled { get; init; }
    public IReadOnlyDictionary<string, string> VduStorageRequirements { get; init; } = Nothing.Pairs;

    /// <summary>Id of the software image on this disk, if any.</summary>
    public string? SwImageDesc { get; init; }
}

/// <summary>An object store; the size is in GiB, absent: unbounded.</summary>
public sealed record ObjectStorageData(int? MaxSizeOfStorage);

/// <summary>A shared file system; the size is in GiB.</summary>
public sealed record FileStorageData(int SizeOfStorage, string FileSystemProtocol, string? IntVirtualLinkDesc);

/// <summary>What maintenance of the infrastructure may do to the storage (IFA 011 §7.1.8.17); times in seconds.</summary>
public sealed record NfviMaintenanceInfo
{
    public int? ImpactNotificationLeadTime { get; init; }
    public bool IsImpactMitigationRequested { get; init; }

    /// <summary>Upper case: NO_MIGRATION, OFFLINE_MIGRATION, LIVE_MIGRATION.</summary>
    public IReadOnlyList<string> SupportedMigrationType { get; init; } = [];
    public int? MaxUndetectableInterruptionTime { get; init; }
    public int? MinRecoveryTimeBetweenImpacts { get; init; }
}
