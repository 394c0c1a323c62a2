using System.Net;
using Mano.Mepm.Hosts;
using Mano.Mepm.Images;
using Mano.Mepm.Loop;
using Mano.Mepm.Orphans;
using Mano.Mepm.Registration;
using Mano.Mepm.Sites;
using Mano.Mepm.Statistics;
using Mano.Mesh.Discovery;
using Mano.Mesh.Hosting;
using Mano.Mesh.State.Embedded;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm;

/// <summary>A MEPM as a whole.</summary>
public sealed record MepmOptions
{
    /// <summary>Chosen by the operator: 1 to 63 of [a-z0-9-].</summary>
    public required string SiteId { get; init; }

    /// <summary>For people. <value>The default is the site's id.</value></summary>
    public string Name { get; init; } = "";

    /// <summary>Absolute path of the folder of all state: the store, the image cache, and the VIMs' own folders.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Those of the configuration; others are added at run time ('mano host add').</summary>
    public required IReadOnlyList<HostOptions> Hosts { get; init; }

    /// <summary>
    /// The file with the key that stored credentials are encrypted under. <value>The default is systemd's credential
    /// <c>mano-mepm-key</c> or, without one, a file of our own in the data folder: it then lies beside what it protects.</value>
    /// </summary>
    public string? KeyFile { get; init; }

    /// <summary>Where systemd puts the credentials of this service; null: it was not started so.</summary>
    public string? Credentials { get; init; }

    /// <summary>
    /// Names in the certificates (common name or DNS) of those who may change VIMs and hosts. <value>The default is nobody in particular: whoever
    /// has a certificate of the authority.</value>
    /// </summary>
    public IReadOnlyList<string> Operators { get; init; } = [];

    public ListenOptions Listen { get; init; } = new();

    /// <summary>gRPC of the MEO's replicas, tried in turn; empty: those that Consul knows or, without Consul, none: the site then works alone.</summary>
    public IReadOnlyList<Uri> Meo { get; init; } = [];

    /// <summary>The Consul agent to register with and to find others by; null: without Consul.</summary>
    public DiscoveryOptions? Discovery { get; init; }

    /// <summary>Where the MEO reaches us. <value>The default is where gRPC listens.</value></summary>
    public Uri? Advertise { get; init; }

    public SiteLocation? Location { get; init; }

    public LoopOptions Loop { get; init; } = new();

    public OrphanOptions Orphans { get; init; } = new();

    public ImageOptions Images { get; init; } = new();

    public StatisticsOptions Statistics { get; init; } = new();

    public RegistrationOptions Registration { get; init; } = new();

    /// <summary>What an acknowledged intent survives. <value>The default is a power cut.</value></summary>
    public Durability Durability { get; init; } = Durability.Power;

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Whether others could reach the address that gRPC listens on.</summary>
    internal bool ListensEverywhere => Listen.Grpc.Address.Equals(IPAddress.Any) || Listen.Grpc.Address.Equals(IPAddress.IPv6Any);
}
