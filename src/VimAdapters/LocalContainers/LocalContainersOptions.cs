using System.ComponentModel.DataAnnotations;
using Mano.VimAdapters.Local;

namespace Mano.VimAdapters.LocalContainers;

/// <summary>How applications run as containers of an engine on this machine.</summary>
public sealed record LocalContainersOptions : LocalVimOptions
{
    /// <summary>Where dockerd listens unless it is told otherwise.</summary>
    public const string UsualSocket = "unix:///var/run/docker.sock";

    /// <summary>The engine's socket: dockerd's, or that of <c>podman system service</c>.</summary>
    public string Socket { get; init; } = UsualSocket;

    /// <summary>What tells our containers, images and network from those of others in the engine; null: made from the folder's path.</summary>
    public string? Owner { get; init; }

    /// <summary>
    /// The computes' network and where their addresses come from; two adapters on one engine need two ranges, and none may
    /// be in use elsewhere on the machine. The first address is the machine's own on that network.
    /// </summary>
    public string AddressRange { get; init; } = "10.177.0.0/16";

    /// <summary>Whether the addresses answer from here; null: they do when the network's first address is one of this machine's.</summary>
    public bool? Reachable { get; init; }

    /// <summary>Files a process of a compute may have open. Said with every create, because not every engine's own default can be set.</summary>
    /// <value>The default is 16384: below the hard limit of machines that were hardened to 20000, and plenty for a service.</value>
    [Range(64, 1_000_000)]
    public int MaxOpenFiles { get; init; } = 16384;

    /// <summary>Kernel capabilities that computes keep, as <c>CHOWN</c>, <c>SETUID</c>.</summary>
    /// <value>The default is none, and NET_BIND_SERVICE where a port below 1024 is declared. Images that change their user need SETUID and SETGID.</value>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    /// <summary>Whether the root file system cannot be written; <c>/tmp</c> can be, in memory.</summary>
    /// <value>The default is false: few images are made for it.</value>
    public bool ReadOnly { get; init; }

    /// <summary>Whether the engine's own small init is the first process, which passes SIGTERM on and collects orphans.</summary>
    /// <value>The default is false: dockerd needs its docker-init for it, which Debian packages apart.</value>
    public bool Init { get; init; }

    /// <summary>The largest image archive that is taken, in bytes, packed and unpacked.</summary>
    [Range(1, long.MaxValue)]
    public long MaxImageBytes { get; init; } = 8L << 30;

    /// <summary>How long one answer of the engine may take before it counts as away.</summary>
    /// <value>The default is 30 s: a start takes 0.2 s on an idle machine and ten times that on one that swaps.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long loading an image may take.</summary>
    /// <value>The default is 15 min: some gigabytes on a slow flash card.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LoadTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How often the computes are looked at beside being told by the engine's events, and how soon a lost engine is tried again.</summary>
    /// <value>The default is 5 s: events tell of changes at once, this finds what they missed.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);
}
