using System.ComponentModel.DataAnnotations;
using Mano.VimAdapters.Local;

namespace Mano.VimAdapters.LocalProcess;

/// <summary>How applications run as processes of this machine.</summary>
public sealed record LocalProcessOptions : LocalVimOptions
{
    /// <summary>
    /// Where the computes' addresses come from. All of 127/8 is this machine's own on Linux; another range must be local in
    /// <see cref="NetworkNamespace"/>: <c>ip -n NAME route add local RANGE dev lo</c> makes it so, and whoever is to reach the
    /// computes needs a route there.
    /// </summary>
    public string AddressRange { get; init; } = "127.77.0.0/16";

    /// <summary>
    /// The network namespace that computes run in, a name below /run/netns or a path: a site's own network instead of the
    /// machine's. Empty: that of the adapter. Needs root and nsenter.
    /// </summary>
    public string NetworkNamespace { get; init; } = "";

    /// <summary>The wait before the first restart; it doubles with each.</summary>
    /// <value>The default is 1 s: a crash loop costs next to nothing.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan BackOff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait before a restart.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "1.00:00:00")]
    public TimeSpan BackOffLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>After running this long, the next wait is the first one again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan BackOffReset { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The largest image that is taken, in bytes.</summary>
    [Range(1, long.MaxValue)]
    public long MaxImageBytes { get; init; } = 4L << 30;

    /// <summary>The most that a root file system may unpack to, in bytes.</summary>
    [Range(1, long.MaxValue)]
    public long MaxRootFsBytes { get; init; } = 8L << 30;

    /// <summary>The most files that a root file system may have.</summary>
    [Range(1, 10_000_000)]
    public int MaxRootFsEntries { get; init; } = 200_000;

    /// <summary>
    /// The first user id under which computes run when the adapter is root, each under one of its own; 0: they run as root.
    /// </summary>
    /// <value>The default is 61184, where systemd's dynamic users begin: no distribution gives these ids to people.</value>
    [Range(0, 2_000_000_000)]
    public int FirstUserId { get; init; } = 61184;

    /// <summary>Whether namespaces are used where the machine allows them.</summary>
    public bool Namespaces { get; init; } = true;

    /// <summary>Whether control groups are used where the machine allows them.</summary>
    public bool Cgroups { get; init; } = true;

    /// <summary>The cgroup v2 folder under which computes are put; null: found from the adapter's own group.</summary>
    public string? CgroupParent { get; init; }

    /// <summary>Where unshare, setsid, setpriv and the like are looked for; empty: in the usual folders.</summary>
    public IReadOnlyList<string> ToolFolders { get; init; } = [];

    /// <summary>How often the computes are looked at beside being told by them.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether the computes end with the adapter, as a development system wants it, instead of outliving it.</summary>
    public bool Ephemeral { get; init; }
}
