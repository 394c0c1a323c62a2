using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mano.Mepm.Instances;

/// <summary>What the MEO wants of an instance (site.v1.DesiredAppInstance), without its id and generation.</summary>
public sealed record DesiredInstance
{
    /// <summary>One of this site's hosts.</summary>
    public required string HostId { get; init; }

    public required DesiredPower Power { get; init; }

    /// <summary>How long the application may take to finish when it is stopped; zero: it is not asked.</summary>
    public TimeSpan GracefulStop { get; init; }

    public required ComputeRequirements Compute { get; init; }

    /// <summary>common.v1.PlatformConfiguration, for the platform.</summary>
    public required Document Platform { get; init; }

    /// <summary>granting.v1.Grant under which the resources are taken; null if it came without one.</summary>
    public Document? Grant { get; init; }

    public required string Tenant { get; init; }

    /// <summary>Whether the content is the same, lists and maps included.</summary>
    public bool SameAs(DesiredInstance other) => Text(this) == Text(other);

    private static string Text(DesiredInstance desired) => JsonSerializer.Serialize(desired, InstanceJson.Default.DesiredInstance);
}

/// <summary>Whether the application shall run.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DesiredPower>))]
public enum DesiredPower
{
    Started,
    Stopped,
}

/// <summary>What the VIM is asked for (site.v1.ComputeRequirements).</summary>
public sealed record ComputeRequirements
{
    public required string Name { get; init; }

    public long MilliCpu { get; init; }

    public long MemoryMib { get; init; }

    public long DiskGib { get; init; }

    /// <summary>One per container; the first is the one that is started.</summary>
    public required IReadOnlyList<RequiredImage> Images { get; init; }

    public IReadOnlyList<RequiredPort> Ports { get; init; } = [];

    public SortedDictionary<string, string> Environment { get; init; } = new(StringComparer.Ordinal);

    public string BootData { get; init; } = "";

    public RequiredRestart Restart { get; init; }

    public string CpuArchitecture { get; init; } = "";

    /// <summary>One JSON object laid over the values of a chart; absent in records of releases that had none.</summary>
    public string ChartValues { get; init; } = "";

    /// <summary>Absent in records of releases that had none.</summary>
    public IReadOnlyList<RequiredVolume> Volumes { get; init; } = [];

    /// <summary>Groups it lies together with, or apart from. Absent in records of releases that had none.</summary>
    public IReadOnlyList<RequiredGroup> Groups { get; init; } = [];
}

/// <summary>An affinity group of instances of one tenant.</summary>
/// <param name="Name">1 to 128 of [A-Za-z0-9._-].</param>
/// <param name="Apart">Each on a machine of its own; else all on one.</param>
public sealed record RequiredGroup(string Name, bool Apart);

/// <summary>What the VIM does when the application ends by itself.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RequiredRestart>))]
public enum RequiredRestart
{
    Always,
    OnFailure,
    Never,
}

/// <summary>An image of the application (MEC 010-2 SwImageDescriptor).</summary>
/// <param name="Id">swImageDescriptor id.</param>
/// <param name="Name">For people.</param>
/// <param name="Version">For people.</param>
/// <param name="Kind">executable, rootfs, container, vm or, where the package only names it, reference.</param>
/// <param name="Sha256">Of the artifact at the MEO, 64 lower-case hexadecimal digits; empty where the package only names it.</param>
/// <param name="SizeBytes">0 when unknown.</param>
/// <param name="Reference">For a VIM that has its own images: <c>nginx:1.25</c>.</param>
/// <param name="DiskFormat">Of kind vm: QCOW2, RAW; empty where it is not said, and in records of releases that had none.</param>
public sealed record RequiredImage(
    string Id, string Name, string Version, string Kind, string Sha256, long SizeBytes, string Reference, string DiskFormat = "");

/// <summary>Storage of the application (MEC 010-2 VirtualStorageDescriptor).</summary>
/// <param name="Name">Unique within the application.</param>
/// <param name="SizeGib">GiB.</param>
/// <param name="Path">Where the application wants it; empty: the VIM chooses.</param>
public sealed record RequiredVolume(string Name, long SizeGib, string Path);

/// <summary>A port on which the application listens.</summary>
/// <param name="Name">Unique within the application.</param>
/// <param name="Protocol">TCP, UDP or SCTP.</param>
/// <param name="Number">1 to 65535.</param>
public sealed record RequiredPort(string Name, string Protocol, int Number);
