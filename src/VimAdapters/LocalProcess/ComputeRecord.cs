using System.Text.Json.Serialization;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.LocalProcess;

/// <summary>What the adapter intends with one compute; stored before anything of it is done.</summary>
internal sealed record ComputeRecord
{
    public required string ComputeId { get; init; }

    public required ComputeSpec Spec { get; init; }

    public required Fence Fence { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its place in the address range, which also gives its user id.</summary>
    public required int Slot { get; init; }

    public required string Address { get; init; }

    public PowerState Desired { get; init; } = PowerState.Started;

    public bool Deleting { get; init; }

    /// <summary>Grows with every supervisor that is started for it; an older supervisor leaves by itself.</summary>
    public long Run { get; init; }

    /// <summary>Restarts counted before the present supervisor.</summary>
    public int Restarts { get; init; }

    /// <summary>Why it is not started again until somebody asks; null: nothing is wrong.</summary>
    public string? GaveUp { get; init; }

    /// <summary>Its control groups, recorded before they are made so that they are found again.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    public IReadOnlyList<Enforcement> Enforcements { get; init; } = [];
}

/// <summary>What is remembered of a compute that is gone.</summary>
internal sealed record Tombstone(string ComputeId, Fence Fence, DateTimeOffset At);

[JsonSourceGenerationOptions(UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(ComputeRecord))]
[JsonSerializable(typeof(Tombstone))]
[JsonSerializable(typeof(VimImage))]
internal sealed partial class LocalProcessJson : JsonSerializerContext;
