using System.Text.Json.Serialization;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Local;

namespace Mano.VimAdapters.OpenStack;

/// <summary>What the adapter intends with one compute; stored before the cloud is asked.</summary>
internal sealed record ServerRecord : IntendedCompute
{
    public required string SpecDigest { get; init; }

    /// <summary>
    /// Its server was found in the project and no record of it: the specification is what its marks say, until somebody asks for one
    /// with the same digest.
    /// </summary>
    public bool IsAdopted { get; init; }

    /// <summary>Nova's id, since it was told; null: none was asked for, or the answer was lost.</summary>
    public string? ServerId { get; init; }

    /// <summary>A start was asked for, and the server has not been seen running since.</summary>
    public bool StartPending { get; init; }

    public string FlavorId { get; init; } = "";

    public string FlavorName { get; init; } = "";

    /// <summary>What the flavor takes, which is what the project's quota counts.</summary>
    public VimResources FlavorSize { get; init; }

    /// <summary>Glance's id.</summary>
    public string ImageId { get; init; } = "";

    /// <summary>The least disk on which the image says that it fits.</summary>
    public long ImageMinDiskGib { get; init; }

    public long ImageBytes { get; init; }

    /// <summary>Tells its server from that of an earlier compute with the same id.</summary>
    [JsonIgnore]
    public string Life => CreatedAt.UtcTicks.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>An image of the catalogue that is not ours, as it was named.</summary>
internal sealed record NamedImage(VimImage Image, string GlanceId);

[JsonSourceGenerationOptions(UseStringEnumConverter = true, WriteIndented = false)]
[JsonSerializable(typeof(ServerRecord))]
[JsonSerializable(typeof(Tombstone))]
[JsonSerializable(typeof(ComputeSpec))]
[JsonSerializable(typeof(NamedImage))]
internal sealed partial class OpenStackJson : JsonSerializerContext;
