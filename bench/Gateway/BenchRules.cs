using System.Net;
using Mano.MecPlatform.Traffic;
using Mano.MecPlatform.Traffic.GtpU;

namespace Mano.Bench.Gateway;

/// <summary>The rules of these rows: an instance that stands for many addresses.</summary>
internal static class BenchRules
{
    public const int Many = 10_000;

    /// <summary>The address that the rows ask for.</summary>
    public const string Asked = "203.0.113.1";

    public static readonly ForwardTarget Instance = new(IPAddress.Parse(BenchEdge.Server), []);

    /// <summary>The rule for what is asked.</summary>
    public static TrafficRule One { get; } = Rule("asked", Asked, $"{BenchEdge.Port}");

    /// <summary>It leads into a tunnel to the server, which stands for the address itself.</summary>
    public static TrafficRule Tunnelled { get; } = One with
    {
        Action = RuleAction.ForwardEncapsulated,
        Destinations =
        [
            new(InterfaceType.Tunnel)
            {
                TunnelInfo = new(TunnelType.GtpU, BenchEdge.Server, BenchEdge.ServersGateway) { TunnelSpecificData = new Dictionary<string, string> { ["teid"] = "1" } },
            },
        ],
    };

    /// <summary>The tunnel as the server has it.</summary>
    public static NumberedTunnel OtherEnd { get; } = new(1, new(IPAddress.Parse(BenchEdge.Server), IPAddress.Parse(BenchEdge.ServersGateway), 1, 1));

    /// <summary>Single addresses with single ports.</summary>
    public static IReadOnlyList<TrafficRule> Exact { get; } = [.. Enumerable.Range(0, Many - 1).Select(i => Rule($"r{i}", $"198.18.{i / 250}.{i % 250}", "443")), One];

    /// <summary>Prefixes with ranges of ports, no two of which overlap.</summary>
    public static IReadOnlyList<TrafficRule> Ranges { get; } = [.. Enumerable.Range(0, Many).Select(i => Rule($"r{i}", $"10.{64 + i / 256}.{i % 256}.0/25", "8000-8999"))];

    private static TrafficRule Rule(string id, string address, string port) => new(
        id, FilterType.Flow, 10, [new TrafficFilter { DstAddress = [address], DstPort = [port], Protocol = ["TCP"] }], RuleAction.ForwardDecapsulated, []);
}
