using System.ComponentModel.DataAnnotations;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Simulated;

/// <summary>How a simulated VIM behaves, well and badly.</summary>
public sealed record SimulatedVimOptions
{
    /// <summary>From acceptance to RUNNING.</summary>
    /// <value>The default is 200 ms: long enough to see CREATING, short enough for a demo.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan BootTime { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Up to how much longer a start may take; how much, is drawn for each compute from the seed, its id and its number.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan BootTimeSpread { get; init; }

    /// <summary>From a stop to STOPPED.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan StopTime { get; init; }

    /// <summary>How long a delete takes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DeleteTime { get; init; }

    /// <summary>Added to every call, before its effect.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ExtraLatency { get; init; }

    /// <summary>Thousandths of a CPU in all.</summary>
    /// <value>The default is 64 CPUs: one well-filled edge rack unit.</value>
    [Range(0, 1_000_000_000)]
    public long MilliCpu { get; init; } = 64_000;

    /// <summary>Memory in all, MiB.</summary>
    [Range(0, 1_000_000_000)]
    public long MemoryMib { get; init; } = 262_144;

    /// <summary>Disk in all, GiB.</summary>
    [Range(0, 1_000_000_000)]
    public long DiskGib { get; init; } = 4_096;

    /// <summary>What others have taken of it.</summary>
    public VimResources TakenByOthers { get; init; }

    /// <summary>The share of calls that fail before they have an effect.</summary>
    [Range(0.0, 1.0)]
    public double FaultRate { get; init; }

    /// <summary>The share of calls that have their effect and lose their reply.</summary>
    [Range(0.0, 1.0)]
    public double LostReplyRate { get; init; }

    /// <summary>The share of computes that never boot, and end FAILED; which, follows from the seed, the id and the number.</summary>
    [Range(0.0, 1.0)]
    public double BootFailureRate { get; init; }

    /// <summary>
    /// Faults of the next calls, in order, each <c>Call:Fault</c> as in <c>EnsureCompute:LoseReply</c>; see
    /// <see cref="VimCall"/> and <see cref="SimulatedFault"/>. Kept over a restart when there is a folder.
    /// </summary>
    public IReadOnlyList<string> Script { get; init; } = [];

    /// <summary>Makes rates and boot times repeatable.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where the computes are kept, so that they outlive the process like those of a real VIM; null: in memory.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// The journal in the folder is written anew, a line a compute, when it has this many lines more than it needs; 0:
    /// never, it is then the whole history of every compute.
    /// </summary>
    /// <value>The default is 4096: about 4 MiB.</value>
    [Range(0, 100_000_000)]
    public int CompactAfter { get; init; } = 4_096;

    /// <summary>
    /// Whether files in <c>orders/</c> of the folder are carried out: what happens to computes behind the caller's back
    /// (README.md beside this file).
    /// </summary>
    public bool Orders { get; init; }

    /// <summary>Where the computes' addresses come from. Nothing listens there.</summary>
    public string AddressRange { get; init; } = "127.80.0.0/16";

    /// <summary>Where the addresses of networks come from whose addresses are left to the VIM; each gets 256 of them.</summary>
    public string NetworkRange { get; init; } = "10.128.0.0/9";

    /// <summary>How many machines it has, over which groups are spread. Capacity is counted for all of them together.</summary>
    /// <value>The default is 8: a rack unit's worth of small servers.</value>
    [Range(1, 10_000)]
    public int Machines { get; init; } = 8;

    /// <summary>The zones it has; empty: one without a name.</summary>
    public IReadOnlyList<string> Zones { get; init; } = [];

    /// <summary>Capabilities it shall not have.</summary>
    public IReadOnlyList<VimCapability> Without { get; init; } = [];

    /// <summary>How long the number of a deleted compute is remembered.</summary>
    /// <value>The default is 7 days: longer than any message of ours lives.</value>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan FenceRetention { get; init; } = TimeSpan.FromDays(7);
}
