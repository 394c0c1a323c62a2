using Mano.Mepm.Sites;
using Mano.VimAdapters.Simulated;

namespace Mano.Mepm.Simulation;

/// <summary>A site of which everything is real but its VIMs, its platforms and its process.</summary>
public sealed record SimulatedSiteOptions
{
    /// <summary>1 to 63 of [a-z0-9-].</summary>
    public required string SiteId { get; init; }

    /// <summary>Where the MEO reaches it: <c>http://127.32.0.1:7500</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>The MEO it registers with.</summary>
    public required Uri Meo { get; init; }

    /// <summary>Absolute path of a folder of its own, for files of packages; nothing else is kept on disk.</summary>
    public required string Folder { get; init; }

    public required IReadOnlyList<SimulatedHost> Hosts { get; init; }

    public SiteLocation? Location { get; init; }
}

/// <summary>A MEC host of a simulated site.</summary>
/// <param name="HostId">Unique over all sites: 1 to 127 of [a-z0-9-].</param>
/// <param name="Zone">The zone that placement requests name.</param>
/// <param name="Latency">One way, from the users of the zone.</param>
/// <param name="Vim">How large its VIM is, and how it behaves.</param>
public sealed record SimulatedHost(string HostId, string Zone, TimeSpan Latency, SimulatedVimOptions Vim);

/// <summary>What a site really has of one instance, below everything that it reports.</summary>
/// <param name="AppInstanceId">Which.</param>
/// <param name="HostId">On which of its hosts.</param>
/// <param name="IsDesired">Its MEPM has a record of it, and not one of its removal.</param>
/// <param name="IsSteady">The MEPM says that everything is as it should be.</param>
/// <param name="HasCompute">The VIM has a compute of it.</param>
/// <param name="IsRunning">And that runs.</param>
/// <param name="IsServed">The platform serves it: its rules are active.</param>
/// <param name="IsKnownToPlatform">The platform holds something of it.</param>
public sealed record SiteHolding(
    string AppInstanceId, string HostId, bool IsDesired, bool IsSteady, bool HasCompute, bool IsRunning, bool IsServed, bool IsKnownToPlatform);
