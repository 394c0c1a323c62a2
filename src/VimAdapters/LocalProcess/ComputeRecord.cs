using System.Text.Json.Serialization;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Local;

namespace Mano.VimAdapters.LocalProcess;

/// <summary>What the adapter intends with one compute; stored before anything of it is done.</summary>
internal sealed record ComputeRecord : IntendedCompute
{
    /// <summary>Its place in the address range, which also gives its user id.</summary>
    public required int Slot { get; init; }

    /// <summary>Grows with every supervisor that is started for it; an older supervisor leaves by itself.</summary>
    public long Run { get; init; }

    /// <summary>Restarts counted before the present supervisor.</summary>
    public int Restarts { get; init; }

    /// <summary>Its control groups, recorded before they are made so that they are found again.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    public IReadOnlyList<Enforcement> Enforcements { get; init; } = [];
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(ComputeRecord))]
[JsonSerializable(typeof(Tombstone))]
[JsonSerializable(typeof(VimImage))]
internal sealed partial class LocalProcessJson : JsonSerializerContext;
