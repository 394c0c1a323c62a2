using System.Text.Json.Serialization;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Local;
using Mano.VimAdapters.LocalContainers.Images;

namespace Mano.VimAdapters.LocalContainers;

/// <summary>What the adapter intends with one compute; stored before the engine is asked.</summary>
internal sealed record ContainerRecord : IntendedCompute
{
    public required string SpecDigest { get; init; }

    /// <summary>
    /// Its container was found in the engine and no record of it: the specification is what its labels say, until
    /// somebody asks for one with the same digest.
    /// </summary>
    public bool IsAdopted { get; init; }

    /// <summary>A start was asked for, and the engine has not said yet that it did it.</summary>
    public bool StartPending { get; init; }

    /// <summary>What the engine counted when the compute was last started on request.</summary>
    public int RestartsBefore { get; init; }

    /// <summary>Starts of ours, where the engine did not keep to the restart policy.</summary>
    public int OwnRestarts { get; init; }

    /// <summary>Tells its container from that of an earlier compute with the same id.</summary>
    [JsonIgnore]
    public string Life => CreatedAt.UtcTicks.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true, WriteIndented = false)]
[JsonSerializable(typeof(ContainerRecord))]
[JsonSerializable(typeof(Tombstone))]
[JsonSerializable(typeof(ComputeSpec))]
[JsonSerializable(typeof(LoadedImage))]
[JsonSerializable(typeof(DockerManifest[]))]
internal sealed partial class LocalContainersJson : JsonSerializerContext;
