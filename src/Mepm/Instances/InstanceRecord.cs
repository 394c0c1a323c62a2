using System.Text.Json.Serialization;
using Mano.Mesh.Failures;

namespace Mano.Mepm.Instances;

/// <summary>
/// All that is stored of an instance: one JSON value, one commit per accepted change. What the VIM and the platform
/// have is not stored but looked at.
/// </summary>
public sealed record InstanceRecord
{
    public required string AppInstanceId { get; init; }

    /// <summary>The newest generation that the MEO told us.</summary>
    public required long Generation { get; init; }

    /// <summary>What is desired; with <see cref="Absent"/>, what was desired last, which says where to clean up.</summary>
    public required DesiredInstance Desired { get; init; }

    /// <summary>Desired absent: being taken away.</summary>
    public bool Absent { get; init; }

    /// <summary>With <see cref="Absent"/>: how long the application may take to finish; zero: it is not asked.</summary>
    public TimeSpan GracefulTermination { get; init; }

    /// <summary>Computes that were deleted in this generation to be made anew; part of the VIM's operation number.</summary>
    public int Replacements { get; init; }

    /// <summary>Whether the instance was once as desired in this generation: what is missing now was lost.</summary>
    public bool WasSteady { get; init; }

    /// <summary>The status at the last change of phase.</summary>
    public InstanceStatus Status { get; init; } = InstanceStatus.Unseen;
}

/// <summary>What stays of an instance that is gone: the fence against late messages.</summary>
/// <param name="AppInstanceId">Which.</param>
/// <param name="Generation">The generation of its removal.</param>
public sealed record Tombstone(string AppInstanceId, long Generation);

/// <summary>JSON of what is stored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InstanceRecord))]
[JsonSerializable(typeof(DesiredInstance))]
[JsonSerializable(typeof(Tombstone))]
[JsonSerializable(typeof(Failure))]
internal sealed partial class InstanceJson : JsonSerializerContext;
