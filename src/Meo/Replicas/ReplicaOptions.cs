using System.ComponentModel.DataAnnotations;

namespace Mano.Meo.Replicas;

/// <summary>Who this replica is among those of the same store.</summary>
public sealed record ReplicaOptions
{
    /// <summary>Unique among the replicas of a store, and the same after a restart: a replica that comes back has its shards at once.</summary>
    /// <value>The default is <c>meo</c>: a single MEO with its own store.</value>
    [Required, RegularExpression("^[A-Za-z0-9]([A-Za-z0-9._-]{0,62})$", ErrorMessage = "the name must be 1 to 63 of A-Z, a-z, 0-9, '.', '_' and '-', and begin with a letter or digit.")]
    public string Name { get; init; } = "meo";

    /// <summary>Where the other replicas reach this one's gRPC.</summary>
    /// <value>The default is the address it listens on; if that is every address, the machine's name stands for it.</value>
    public Uri? Advertise { get; init; }

    /// <summary>For how long a shard is held without being renewed. A third of it is the time between two rounds.</summary>
    /// <value>The default is 15 s: the longest that work stands still when a replica dies, and many times what a busy machine stalls.</value>
    [Range(typeof(TimeSpan), "00:00:00.500", "00:10:00")]
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether other replicas may work on the same store. A store of its own needs no heartbeat of its replica.</summary>
    public bool SharesStore { get; init; }
}
