using Mano.Mesh.Discovery;
using Mano.VimAdapters.LocalContainers;
using Microsoft.Extensions.Logging;

namespace Mano.Cli.Up;

/// <summary>An all-in-one system: one MEO, and sites of one MEPM, one platform and one host each.</summary>
internal sealed record AllInOneOptions
{
    /// <summary>The names that a site's DNS answers for: without an active rule they do not exist.</summary>
    public const string DnsZone = "edge.example";

    /// <summary>All state; kept over restarts.</summary>
    public required string Data { get; init; }

    public required PortPlan Ports { get; init; }

    public VimKind Vim { get; init; } = VimKind.LocalProcess;

    /// <summary>With <see cref="VimKind.LocalContainers"/>: the engine's socket.</summary>
    public string Engine { get; init; } = LocalContainersOptions.UsualSocket;

    /// <summary>The Consul agent by which the parts find one another; null: each is told the others' addresses.</summary>
    public DiscoveryOptions? Discovery { get; init; }

    /// <summary>What the flags say of packages, put into the MEO's options.</summary>
    public Func<Mano.Meo.MeoOptions, Mano.Meo.MeoOptions> Packages { get; init; } = meo => meo;

    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    /// <summary>One-way latency from the users of each site: near and a little further, so that placement has something to choose.</summary>
    public IReadOnlyList<TimeSpan> Latencies { get; init; } = [TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(12)];

    /// <summary>How long the sites may take to come up and be heard by the MEO.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>What the hosts of an all-in-one run applications with.</summary>
internal enum VimKind
{
    /// <summary>As processes of this machine.</summary>
    LocalProcess,

    /// <summary>As containers of an engine on this machine.</summary>
    LocalContainers,

    /// <summary>Not at all: everything but the application is real.</summary>
    Simulated,
}
