using System.Net;

namespace Mano.Cli.Demo.RealEdge;

/// <summary>
/// Who is where. Every part is a network namespace; all lines run to the gateway. Cloud addresses are from the ranges kept
/// for documentation.
/// </summary>
internal static class EdgePlan
{
    /// <summary>The user's device.</summary>
    public const string User = "ue";

    /// <summary>The gateway, with the MEC platform.</summary>
    public const string Gateway = "gw";

    /// <summary>Where applications run.</summary>
    public const string Site = "site";

    /// <summary>A monitor at the site, for copies.</summary>
    public const string Monitor = "mon";

    /// <summary>The internet, with the cloud server.</summary>
    public const string Internet = "net";

    /// <summary>The operator's own network: MEO and MEPM.</summary>
    public const string Operations = "ops";

    /// <summary>Local in the site's namespace; applications get their addresses from it.</summary>
    public const string Applications = "10.60.0.128/25";

    public const string DomainName = "roadside.example";

    public static readonly IPAddress Meo = IPAddress.Parse("10.70.0.2");
    public static readonly IPAddress PlatformForOperations = IPAddress.Parse("10.70.0.1");
    public static readonly IPAddress PlatformForApplications = IPAddress.Parse("10.60.0.1");
    public static readonly IPEndPoint Dns = IPEndPoint.Parse("10.45.0.1:53");
    public static readonly IPEndPoint CloudDns = IPEndPoint.Parse("198.51.100.2:53");

    /// <summary>What the application takes over.</summary>
    public static readonly IPAddress Cloud = IPAddress.Parse("203.0.113.10");

    /// <summary>Where the cloud's own DNS leads.</summary>
    public static readonly IPAddress OtherCloud = IPAddress.Parse("203.0.113.20");

    /// <summary>Of which the monitor gets copies while the application runs.</summary>
    public static readonly IPAddress Watched = IPAddress.Parse("203.0.113.30");

    /// <summary>Closed while the application runs.</summary>
    public static readonly IPAddress Closed = IPAddress.Parse("203.0.113.66");

    public const int HttpPort = 80;
    public const int DatagramPort = 7000;

    /// <summary>Each part, its address, and the gateway's on the line to it.</summary>
    public static readonly IReadOnlyList<EdgeLine> Lines =
    [
        new(User, "10.45.0.2", "10.45.0.1", "a user's device"),
        new(Site, "10.60.0.2", "10.60.0.1", $"the applications, which get {Applications}"),
        new(Monitor, "10.61.0.10", "10.61.0.1", "a monitor beside them"),
        new(Internet, "198.51.100.2", "198.51.100.1", $"the internet, with a cloud server at {Cloud}"),
        new(Operations, "10.70.0.2", "10.70.0.1", "the operator's own: MEO and MEPM"),
    ];

    public static IEnumerable<string> Parts => Lines.Select(l => l.Part).Append(Gateway);

    public static IEnumerable<IPAddress> CloudAddresses => [Cloud, OtherCloud, Watched, Closed];
}

/// <summary>One line of the network.</summary>
/// <param name="Part">At its far end.</param>
/// <param name="Address">Of the part.</param>
/// <param name="GatewayAddress">Of the gateway, at the near end.</param>
/// <param name="What">What the part is, for people.</param>
internal sealed record EdgeLine(string Part, string Address, string GatewayAddress, string What);
