using System.ComponentModel.DataAnnotations;

namespace Mano.Sagas;

/// <summary>How operations are run.</summary>
public sealed record SagaOptions
{
    /// <summary>Who holds the shards. The same name after a restart gets its shards back at once; two replicas must differ.</summary>
    /// <value>The default is <c>meo</c>: a single MEO with its own store.</value>
    [Required, StringLength(128, MinimumLength = 1)]
    public string Owner { get; init; } = "meo";

    /// <summary>Into how many shards operations are divided. The same for all replicas, and fixed for the life of a store.</summary>
    /// <value>The default is 16: enough for as many replicas as a MEO ever has, and few enough that leases cost nothing.</value>
    [Range(1, 1024)]
    public int Shards { get; init; } = 16;

    /// <summary>For how long a shard is held without being renewed; it is renewed at a third of that.</summary>
    /// <value>The default is 15 s: the longest that operations stand still when a replica dies.</value>
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How many of the shards this process holds, and when that is worth another look.</summary>
    /// <value>The default is all of them: a single process.</value>
    public IShardShare Share { get; init; } = AllShards.Mine;

    /// <summary>Before the first retry of a step; doubles with each one after.</summary>
    /// <value>The default is 100 ms: a site that restarts is back in about a second, after some four tries.</value>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait between two tries.</summary>
    /// <value>The default is 15 s: how late an operation notices that a site is back.</value>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>For how long an undo is tried before a person is needed.</summary>
    /// <value>The default is 30 minutes: longer than a site takes to be power-cycled.</value>
    public TimeSpan UndoBudget { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How often an undo is tried that fails in a way which trying again should not cure.</summary>
    /// <value>The default is 5.</value>
    [Range(1, 100)]
    public int UndoAttempts { get; init; } = 5;
}
