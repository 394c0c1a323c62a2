using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Mano.MecPlatform.Traffic;
using Mano.MecPlatform.Traffic.GtpU;
using Mano.MecPlatform.Traffic.Nft;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.Bench.Gateway;

/// <summary>What rules cost the traffic that passes the gateway.</summary>
internal sealed class GatewayRow : IBenchRow
{
    private static int Rounds => Effort.Of(9, 2);
    private const int Megabytes = 256;
    private const int Connections = 1000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public string Name => "gateway";

    public string Description =>
        $"""
        Traffic of a device through the gateway to an instance, steered by a FORWARD rule (address translation, connection tracking, marks and counters), with that
        rule alone and with {BenchRules.Many} of which it is the last: the time in which one TCP connection moves {Megabytes} MiB, and the time of a connection (made and reset,
        {Connections} one after the other). Floor: plain forwarding from the device to the same server, a gateway with no table and no connection tracking. Namespaces
        and veth pairs of one machine (where a segment of 64 KiB passes as one packet, but not through a tunnel); gateways side by side, {Rounds} rounds, taking
        turns. The tunnel's both ends are of ours and in this process.
        """;

    public async Task<IReadOnlyList<Comparison>> MeasureAsync()
    {
        if (BenchEdge.WhyNot() is { } missing)
        {
            throw new MissingHereException(missing);
        }

        var folder = Directory.CreateTempSubdirectory("mano-bench-");
        try
        {
            using var plain = new Way(BenchEdge.Server, [], folder.FullName);
            using var one = new Way(BenchRules.Asked, [BenchRules.One], folder.FullName);
            using var many = new Way(BenchRules.Asked, BenchRules.Exact, folder.FullName);
            using var tunnel = new Way(BenchRules.Asked, [BenchRules.Tunnelled], folder.FullName);
            Way[] ways = [plain, one, many, tunnel];
            for (var round = -1; round < Rounds; round++)
            {
                foreach (var way in ways)
                {
                    await way.RoundAsync(keep: round >= 0);
                }
            }

            return
            [
                new($"{Megabytes} MiB, 1 rule", "ms", plain.Bulk, one.Bulk, 1.2),
                new($"{Megabytes} MiB, {BenchRules.Many} rules", "ms", plain.Bulk, many.Bulk, 1.2),
                new("a connection, 1 rule", "µs", plain.Connection, one.Connection, 1.5),
                new($"a connection, {BenchRules.Many} rules", "µs", plain.Connection, many.Connection, 1.5),
                new($"{Megabytes} MiB through a GTP-U tunnel", "ms", plain.Bulk, tunnel.Bulk, null),
                new("a connection through a GTP-U tunnel", "µs", plain.Connection, tunnel.Connection, null),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>One gateway and what was measured through it.</summary>
    private sealed class Way : IDisposable
    {
        private readonly BenchEdge edge = new();
        private readonly IPEndPoint asked;
        private readonly Socket listener;
        private readonly NftDataPlane? plane;
        private readonly GtpGateway? peer;
        private readonly List<double> bulk = [];
        private readonly List<double> connections = [];
        private readonly byte[] buffer = new byte[1 << 20];

        public Way(string asked, IReadOnlyList<TrafficRule> rules, string folder)
        {
            this.asked = new(IPAddress.Parse(asked), BenchEdge.Port);
            listener = edge.Listen();
            if (rules.Count > 0)
            {
                var gateway = new GatewayNamespace(edge.Name("gw"));
                plane = new(new NftCommands(gateway), RuleNumbers.Open(Path.Combine(folder, $"{rules.Count}.json")), new GtpGateway(gateway, NullLogger<GtpGateway>.Instance), NullLogger<NftDataPlane>.Instance);
                plane.Begin();
                plane.Apply("bench", BenchRules.Instance, rules);
            }

            if (rules is [{ Action: RuleAction.ForwardEncapsulated }])
            {
                peer = new(new GatewayNamespace(edge.Name("srv")), NullLogger<GtpGateway>.Instance);
                peer.Ensure([BenchRules.OtherEnd]);
                edge.Unpack(BenchRules.Asked, BenchRules.OtherEnd.Device);
            }
        }

        public Sample Bulk => new(bulk);

        public Sample Connection => new(connections);

        public async Task RoundAsync(bool keep)
        {
            var (moved, connected) = (await MoveAsync(), await ConnectAsync());
            if (keep)
            {
                bulk.Add(moved);
                connections.Add(connected);
            }
        }

        public void Dispose()
        {
            listener.Dispose();
            plane?.Dispose();
            peer?.Dispose();
            edge.Dispose();
        }

        private async Task<double> MoveAsync()
        {
            var accepting = listener.AcceptAsync();
            using var device = edge.Sockets(1)[0];
            await device.ConnectAsync(asked);
            using var server = await accepting;
            var started = Stopwatch.GetTimestamp();
            var sending = Task.Run(() => Enumerable.Range(0, Megabytes).Sum(_ => device.Send(buffer)));
            var into = new byte[1 << 20];
            for (long got = 0; got < (long)Megabytes << 20;)
            {
                got += server.Receive(into) is var some and > 0 ? some : throw new IOException("The connection ended early.");
            }

            var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            await sending;
            return elapsed;
        }

        private async Task<double> ConnectAsync()
        {
            var sockets = edge.Sockets(Connections);
            var accepting = Task.Run(() =>
            {
                // Through the tunnel a reset may overtake the handshake's end: that connection never comes.
                for (var i = 0; i < Connections && listener.Poll(Patience, SelectMode.SelectRead); i++)
                {
                    listener.Accept().Dispose();
                }
            });
            var started = Stopwatch.GetTimestamp();
            foreach (var socket in sockets)
            {
                socket.Connect(asked);
                socket.Dispose();
            }

            var elapsed = Stopwatch.GetElapsedTime(started).TotalMicroseconds / Connections;
            await accepting;
            return elapsed;
        }
    }
}
