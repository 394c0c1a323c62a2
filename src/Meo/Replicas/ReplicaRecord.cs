using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Mano.Meo.Replicas;

/// <summary>What a replica says of itself. Stored under <c>replica/{name}</c> and written again at every third of a lease.</summary>
internal sealed record ReplicaRecord
{
    public const string Prefix = "replica/";

    public required string Name { get; init; }

    /// <summary>Where its gRPC is reached; empty until it listens.</summary>
    public string Address { get; init; } = "";

    /// <summary>Distinguishes one start from the next.</summary>
    public required string Incarnation { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>Version of the program.</summary>
    public string Version { get; init; } = "";

    /// <summary>The shards of operations it holds.</summary>
    public ImmutableArray<int> Shards { get; init; } = [];

    /// <summary>The epoch under which it owns the ledger of capacity; 0 if it does not.</summary>
    public long CapacityEpoch { get; init; }

    /// <summary>Grows with every writing. That it grows is how others know that the replica lives; no clock is compared.</summary>
    public long Beat { get; init; }

    public static string Key(string name) => Prefix + name;

    /// <summary>Whether somebody should act on the difference: more than a beat.</summary>
    public bool DiffersFrom(ReplicaRecord? other) => other is null
        || other.Incarnation != Incarnation || other.Address != Address || other.CapacityEpoch != CapacityEpoch || !other.Shards.SequenceEqual(Shards);
}

/// <summary>A replica and whether it lives, as this process sees it.</summary>
/// <param name="Record">As it last said.</param>
/// <param name="IsAlive">Its record changed within a lease.</param>
/// <param name="Silent">How long it has not changed.</param>
internal sealed record ReplicaStatus(ReplicaRecord Record, bool IsAlive, TimeSpan Silent);

[JsonSerializable(typeof(ReplicaRecord))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ReplicaJson : JsonSerializerContext;
