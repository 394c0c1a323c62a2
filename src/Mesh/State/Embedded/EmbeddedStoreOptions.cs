using System.ComponentModel.DataAnnotations;

namespace Mano.Mesh.State.Embedded;

/// <summary>The embedded store of one process.</summary>
public sealed record EmbeddedStoreOptions
{
    /// <summary>The database file; its folder is made if missing. Two more files live beside it while it is open (-wal, -shm), and its lock.</summary>
    [Required]
    public required string Path { get; init; }

    /// <summary>What an acknowledged commit survives.</summary>
    /// <value>The default is <see cref="Durability.Power"/>: commits are grouped, so that its one fsync is shared by all commits that
    /// wait at that moment, and "nothing accepted is lost" should not have an exception for the power switch of an edge site.</value>
    public Durability Durability { get; init; } = Durability.Power;

    /// <summary>For how many revisions back a watch can resume.</summary>
    /// <value>The default is 50,000: minutes of a busy MEO, days of a site, and some 100 MB of file at worst.</value>
    [Range(100, 10_000_000)]
    public int RetainedRevisions { get; init; } = 50_000;
}

/// <summary>What an acknowledged commit survives.</summary>
public enum Durability
{
    /// <summary>The death of the process (SQLite synchronous=NORMAL). A power cut may lose the last commits, never tear one.</summary>
    Process,

    /// <summary>A power cut too (synchronous=FULL).</summary>
    Power,
}
