using System.ComponentModel.DataAnnotations;

namespace Mano.VimAdapters.Local;

/// <summary>What every VIM that runs applications on this very machine lets its operator choose.</summary>
public abstract record LocalVimOptions
{
    /// <summary>Where the adapter keeps what it intends, and whatever else is its own. One adapter a folder. Required.</summary>
    [Required]
    public string Folder { get; init; } = "";

    /// <summary>Thousandths of a CPU that may be handed out; 0: as many as there are.</summary>
    [Range(0, 1_000_000_000)]
    public long MilliCpu { get; init; }

    /// <summary>Memory in MiB that may be handed out; 0: as much as there is.</summary>
    [Range(0, 1_000_000_000)]
    public long MemoryMib { get; init; }

    /// <summary>Disk in GiB that may be handed out; 0: what is free where the computes' files lie.</summary>
    [Range(0, 1_000_000_000)]
    public long DiskGib { get; init; }

    /// <summary>Processes and threads a compute may have.</summary>
    /// <value>The default is 512: several times what a .NET or Java service uses, and a fork bomb of that size harms nobody.</value>
    [Range(8, 1_000_000)]
    public int MaxProcesses { get; init; } = 512;

    /// <summary>How long a compute may take to end after its stop signal before it is killed.</summary>
    /// <value>The default is 5 s: applications with Mp1 were told long before, the others get half of what docker users expect.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a delete waits for what was killed or removed to be gone before it gives up for now.</summary>
    /// <value>The default is 10 s: a process in the middle of a disk write, or unmounting a busy layer, needs one; a machine that swaps a few.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan KillPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of one log file; there are two a compute.</summary>
    [Range(4096, 1 << 30)]
    public int LogBytes { get; init; } = 1 << 20;

    /// <summary>How long the number of a deleted compute is remembered.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan FenceRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The zones it has; empty: one without a name.</summary>
    public IReadOnlyList<string> Zones { get; init; } = [];
}
