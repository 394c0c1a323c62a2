using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Mano.MecPlatform.Tests.Traffic.Nft;
using Mano.MecPlatform.Traffic;
using Mano.MecPlatform.Traffic.GtpU;
using Mano.MecPlatform.Traffic.Nft;
using Mano.Platform.V1;
using Wire = Mano.Common.V1;

namespace Mano.MecPlatform.Tests.Traffic.GtpU;

/// <summary>Tunnels with real packets in them, against a peer that writes GTP-U by hand.</summary>
public sealed class GtpTunnelTests : GatewayTest
{
    private const uint Theirs = 0x11223344;
    private const uint Ours = 7;

    [EdgeNetworkFact]
    public async Task Matched_traffic_goes_into_the_tunnel_and_answers_come_out_of_it()
    {
        using var network = new EdgeNetwork();
        using var peer = new GtpPeer(network, "app", "10.60.0.1", Ours, Theirs, [EdgeNetwork.Cloud + "/32"], ["10.45.0.0/24"]);
        using var cloud = network.Serve("net", IPAddress.Parse(EdgeNetwork.Cloud), 80, "cloud");
        using var inside = network.Serve("app", IPAddress.Parse(EdgeNetwork.Cloud), 80, "beyond the tunnel");
        using var plane = Plane(network);
        plane.Apply(Instance, Target, [Through(Rule("in", RuleAction.ForwardEncapsulated, 1, To(EdgeNetwork.Cloud, "80", "TCP"), To(EdgeNetwork.Cloud, "5000", "UDP")))]);
        Assert.Equal("beyond the tunnel", await network.Ask(EdgeNetwork.Cloud));
        Assert.Null(plane.Compare());
        Assert.True(peer.Came >= 3, $"{peer.Came} packets"); // SYN, ACK and the question

        using var device = network.Udp("ue", EdgeNetwork.Ue, 4000);
        using var server = network.Udp("app", EdgeNetwork.Cloud, 5000);
        await device.SendToAsync(new byte[1400], new IPEndPoint(IPAddress.Parse(EdgeNetwork.Cloud), 5000));
        var question = await server.ReceiveFromAsync(new byte[2000], new IPEndPoint(IPAddress.Any, 0)).Soon();
        Assert.Equal((1400, new IPEndPoint(IPAddress.Parse(EdgeNetwork.Ue), 4000)), (question.ReceivedBytes, question.RemoteEndPoint));
        await server.SendToAsync(new byte[900], question.RemoteEndPoint);
        Assert.Equal(900, await device.ReceiveAsync(new byte[2000]).Soon());

        plane.Apply(Instance, Target, []);
        Assert.Equal("cloud", await network.Ask(EdgeNetwork.Cloud));
        Assert.DoesNotContain(NumberedTunnel.DevicePrefix, network.IpIn("gw", "link", "show"), StringComparison.Ordinal);
        Assert.DoesNotContain("fwmark", network.IpIn("gw", "rule", "show"), StringComparison.Ordinal);
    }

    [EdgeNetworkFact]
    public async Task A_large_transfer_through_the_tunnel_arrives_whole()
    {
        using var network = new EdgeNetwork();
        using var peer = new GtpPeer(network, "app", "10.60.0.1", Ours, Theirs, [EdgeNetwork.Cloud + "/32"], ["10.45.0.0/24"]);
        using var listener = network.Inside("app", () =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(EdgeNetwork.Cloud), 81));
            socket.Listen();
            return socket;
        });
        using var plane = Plane(network);
        plane.Apply(Instance, Target, [Through(Rule("in", RuleAction.ForwardEncapsulated, 1, To(EdgeNetwork.Cloud, "81", "TCP")))]);
        var accepting = listener.AcceptAsync();
        using var device = await network.Connect("ue", EdgeNetwork.Cloud, 81, Eventually.Patience);
        using var server = await accepting.Soon();
        var sent = new byte[4 << 20];
        new Random(4).NextBytes(sent);
        var receiving = ReceiveAll(server, sent.Length);
        await device.SendAsync(sent).Soon();
        Assert.Equal(sent, await receiving.Soon());
    }

    [EdgeNetworkFact]
    public async Task What_comes_out_of_a_tunnel_is_led_to_the_instance_and_its_answers_go_back_in()
    {
        using var network = new EdgeNetwork();
        using var radio = new GtpPeer(network, "ue", "10.45.0.1", Ours, Theirs, ["172.16.0.9/32"], [EdgeNetwork.Cloud + "/32"]);
        using var cloud = network.Serve("net", IPAddress.Parse(EdgeNetwork.Cloud), 80, "cloud");
        using var edge = network.Serve("app", IPAddress.Parse(EdgeNetwork.App), 80, "edge");
        using var plane = Plane(network);
        plane.Apply(Instance, Target, [Through(Rule("out", RuleAction.ForwardDecapsulated, 1, To(EdgeNetwork.Cloud, "80", "TCP")), EdgeNetwork.Ue, "10.45.0.1")]);
        network.IpIn("ue", "route", "replace", EdgeNetwork.Cloud + "/32", "dev", "peer0", "src", "172.16.0.9");
        Assert.Equal("edge", await network.Ask(EdgeNetwork.Cloud));
        using var live = await network.Connect("ue", EdgeNetwork.Cloud, 80, Eventually.Patience);
        Assert.Equal("edge", await Say(live, 30));
        Assert.True(radio.Came >= 4);

        // What no rule of this tunnel lets in stays outside, whatever it is for.
        network.IpIn("ue", "route", "replace", EdgeNetwork.OtherCloud + "/32", "dev", "peer0", "src", "172.16.0.9");
        using var other = network.Udp("net", EdgeNetwork.OtherCloud, 5000);
        using var device = network.Udp("ue", "172.16.0.9", 4000);
        var came = radio.Sent;
        await device.SendToAsync(new byte[9], new IPEndPoint(IPAddress.Parse(EdgeNetwork.OtherCloud), 5000));
        await Eventually.Is(() => radio.Sent > came);
        Assert.Equal("edge", await Say(live, 30)); // what was sent before this has been looked at
        Assert.Equal(0, other.Available);
    }

    [EdgeNetworkFact]
    public async Task IPv6_goes_through_a_tunnel_and_a_tunnel_over_IPv6()
    {
        using var network = new EdgeNetwork();
        using var peer = new GtpPeer(network, "app", "fd60::1", Ours, Theirs, [EdgeNetwork.Cloud6 + "/128"], ["fd45::/64"]);
        using var inside = network.Serve("app", IPAddress.Parse(EdgeNetwork.Cloud6), 80, "beyond the tunnel");
        using var plane = Plane(network);
        plane.Apply(Instance, Target6, [Through(Rule("in", RuleAction.ForwardEncapsulated, 1, To("2001:db8::/64", "80", "TCP")), EdgeNetwork.App6, "fd60::1")]);
        Assert.Equal("beyond the tunnel", await network.Ask(EdgeNetwork.Cloud6));
        Assert.True(peer.Came >= 3, $"{peer.Came} packets"); // SYN, ACK and the question
        Assert.Null(plane.Compare());
    }

    [EdgeNetworkFact]
    public async Task The_path_is_answered_and_hostile_datagrams_change_nothing()
    {
        using var network = new EdgeNetwork();
        using var peer = new GtpPeer(network, "app", "10.60.0.1", Ours, Theirs, [EdgeNetwork.Cloud + "/32"], ["10.45.0.0/24"]);
        using var stranger = network.Udp("mon", EdgeNetwork.Monitor, 2152);
        using var inside = network.Serve("app", IPAddress.Parse(EdgeNetwork.Cloud), 80, "beyond the tunnel");
        using var plane = Plane(network);
        plane.Apply(Instance, Target, [Through(Rule("in", RuleAction.ForwardEncapsulated, 1, To(EdgeNetwork.Cloud, "80", "TCP")))]);
        using var live = await network.Connect("ue", EdgeNetwork.Cloud, 80, Eventually.Patience);
        Assert.Equal("beyond the tunnel", await Say(live, 30));

        peer.Send(Convert.FromHexString("320100040000000000990000")); // echo request 0x99
        await Eventually.Is(() => peer.Others.Any(o => Convert.ToHexStringLower(o) == "320200060000000000990000" + "0e00"));
        peer.Send(Convert.FromHexString("30ff001400000001" + "4500001400000000000000000a0000010a000002")); // a tunnel that there is not
        await Eventually.Is(() => peer.Others.Any(o => Convert.ToHexStringLower(o) == "321a00100000000000000000" + "1000000001" + "8500040a3c0001"));
        peer.Send(Convert.FromHexString("34ff000c00000007000000c10100000045000001")); // an extension that it does not know
        await Eventually.Is(() => peer.Others.Any(o => Convert.ToHexStringLower(o) == "321f00090000000000000000" + "8d03204085"));

        var random = new Random(20265);
        for (var i = 0; i < 3000; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            if (bytes.Length > 8 && random.Next(3) > 0)
            {
                Convert.FromHexString("30ff000000000007").CopyTo(bytes, 0); // into the tunnel itself
                (bytes[3], bytes[8]) = ((byte)(bytes.Length - 8), (byte)(random.Next(2) == 0 ? 0x45 : 0x60));
                (bytes[Math.Min(10, bytes.Length - 1)], bytes[^1]) = (0, (byte)i);
            }

            peer.Send(bytes);
            await stranger.SendToAsync(bytes, new IPEndPoint(IPAddress.Parse("10.61.0.1"), 2152));
            await stranger.SendToAsync(bytes, new IPEndPoint(IPAddress.Parse("10.60.0.1"), 2152));
        }

        Assert.Equal("beyond the tunnel", await Say(live, 30));
        Assert.Equal("beyond the tunnel", await network.Ask(EdgeNetwork.Cloud));
        Assert.Equal(0, stranger.Available);
    }

    [EdgeNetworkFact]
    public async Task A_flow_in_a_tunnel_goes_on_when_the_platform_comes_back_and_what_somebody_took_away_is_mended()
    {
        using var network = new EdgeNetwork();
        using var peer = new GtpPeer(network, "app", "10.60.0.1", Ours, Theirs, [EdgeNetwork.Cloud + "/32"], ["10.45.0.0/24"]);
        using var inside = network.Serve("app", IPAddress.Parse(EdgeNetwork.Cloud), 80, "beyond the tunnel");
        var rule = Through(Rule("in", RuleAction.ForwardEncapsulated, 1, To(EdgeNetwork.Cloud, "80", "TCP")));
        Socket live;
        using (var plane = Plane(network))
        {
            plane.Apply(Instance, Target, [rule]);
            live = await network.Connect("ue", EdgeNetwork.Cloud, 80, Eventually.Patience);
            Assert.Equal("beyond the tunnel", await Say(live, 30));
        }

        using var late = new CancellationTokenSource(Eventually.Patience);
        var answer = EdgeNetwork.Line(live, late.Token); // while nobody is there
        using var again = Plane(network, held: true);
        again.Apply(Instance, Target, [rule]);
        again.Begin();
        Assert.Equal("beyond the tunnel", await answer);
        Assert.Equal("beyond the tunnel", await Say(live, 30));
        Assert.Equal(1, inside.Connections);
        live.Dispose();

        const int Number = 2; // after the rule's own
        var (device, mark) = (NumberedTunnel.DeviceOf(Number), NumberedTunnel.MarkOf(Number));
        foreach (var sabotage in new[] { $"link del {device}", $"link set {device} down", $"rule del fwmark {mark}", $"route flush table {mark}" })
        {
            network.IpIn("gw", sabotage.Split(' '));
            Assert.NotNull(again.Compare());
            Assert.Null(again.Compare());
            Assert.Equal("beyond the tunnel", await network.Ask(EdgeNetwork.Cloud));
        }
    }

    [EdgeNetworkFact]
    public async Task A_rule_for_everything_does_not_catch_what_tunnels_are_made_of()
    {
        using var network = new EdgeNetwork();
        using var peer = new GtpPeer(network, "app", "10.60.0.1", Ours, Theirs, [EdgeNetwork.Cloud + "/32"], ["10.45.0.0/24"]);
        using var inside = network.Serve("app", IPAddress.Parse(EdgeNetwork.Cloud), 80, "beyond the tunnel");
        using var plane = Plane(network);
        plane.Apply(Instance, Target,
        [
            Through(Rule("in", RuleAction.ForwardEncapsulated, 1, To(EdgeNetwork.Cloud, "80", "TCP"))),
            Rule("wall", RuleAction.Drop, 255, new TrafficFilter { Protocol = ["UDP"] }),
        ]);
        Assert.Equal("beyond the tunnel", await network.Ask(EdgeNetwork.Cloud));
    }

    [EdgeNetworkFact]
    public void Two_tunnels_that_could_not_be_told_apart_are_not_made_and_two_rules_may_share_one()
    {
        using var network = new EdgeNetwork();
        using var plane = Plane(network);
        var first = Through(Rule("first", RuleAction.ForwardEncapsulated, 1, To(EdgeNetwork.Cloud, "80", "TCP")));
        plane.Apply(Instance, Target, [first, first with { Id = "second", Filters = [To(EdgeNetwork.OtherCloud, "80", "TCP")] }]);
        Assert.True(plane.IsActive(Instance, "second"));
        var other = first with
        {
            Destinations = [new(InterfaceType.Tunnel) { TunnelInfo = GtpMessageTests.Info(EdgeNetwork.App, "10.60.0.1", ("teid", "99"), ("localTeid", $"{Ours}")) }],
        };
        var refused = Assert.Throws<Mano.Mesh.Failures.FailureException>(() => plane.Apply("other", Target, [other]));
        Assert.Contains("another localTeid", refused.Message, StringComparison.Ordinal);
        plane.Apply(Instance, Target, []);
        plane.Apply("other", Target, [other]);
        Assert.True(plane.IsActive("other", "first"));
    }

    [EdgeNetworkFact]
    public void A_tunnel_that_cannot_be_made_is_refused_and_disturbs_no_other_rule()
    {
        using var network = new EdgeNetwork();
        using var plane = Plane(network);
        plane.Apply(Instance, Target, [Rule("plain", RuleAction.ForwardDecapsulated, 1, To(EdgeNetwork.OtherCloud, "80", "TCP"))]);
        var foreign = Through(Rule("in", RuleAction.ForwardEncapsulated, 1, To(EdgeNetwork.Cloud, "80", "TCP")), EdgeNetwork.App, "192.0.2.1");
        var refused = Assert.Throws<Mano.Mesh.Failures.FailureException>(() => plane.Apply("other", Target, [foreign]));
        Assert.Contains("192.0.2.1:2152", refused.Message, StringComparison.Ordinal);
        Assert.True(plane.IsActive(Instance, "plain"));
        Assert.False(plane.IsActive("other", "in"));
        plane.Apply("other", Target, []);
        plane.Apply("third", Target, [Through(Rule("in", RuleAction.ForwardEncapsulated, 1, To(EdgeNetwork.Cloud, "80", "TCP")))]);
        Assert.True(plane.IsActive("third", "in"));
    }

    [EdgeNetworkFact]
    public async Task Over_Mm5_GRE_is_refused_and_a_tunnel_acts_through_a_kill_of_the_platform()
    {
        using var network = new EdgeNetwork();
        using var peer = new GtpPeer(network, "app", "10.60.0.1", Ours, Theirs, [EdgeNetwork.Cloud + "/32"], ["10.45.0.0/24"]);
        using var inside = network.Serve("app", IPAddress.Parse(EdgeNetwork.Cloud), 80, "beyond the tunnel");
        await using var platform = await DaemonProcess.StartAsync("MecPlatform", "--data", Folder.File("p"), "--data-plane", "nft", "--gateway-netns", network.Gateway);
        using (var channel = GrpcChannel.ForAddress(platform.Ready["grpc"]))
        {
            var mm5 = new PlatformService.PlatformServiceClient(channel);
            var refused = await Assert.ThrowsAsync<RpcException>(async () => await mm5.EnsureApplicationAsync(
                new() { AppInstanceId = Instance, Generation = 1, Configuration = Tunnelled(Wire.TunnelInfo.Types.TunnelType.Gre) }));
            Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
            Assert.Contains("GRE", refused.Status.Detail, StringComparison.Ordinal);

            await mm5.EnsureApplicationAsync(new() { AppInstanceId = Instance, Generation = 1, Configuration = Tunnelled(Wire.TunnelInfo.Types.TunnelType.GtpU) });
            await mm5.SetRunningAsync(new() { AppInstanceId = Instance, Generation = 1, Endpoint = new() { Address = EdgeNetwork.App }, Incarnation = "i1" });
            await Eventually.Is(async () => (await mm5.GetApplicationAsync(new() { AppInstanceId = Instance })).Application.TrafficRules[0].State == Wire.RuleState.Active, "the rule acts");
        }

        using var live = await network.Connect("ue", EdgeNetwork.Cloud, 80, Eventually.Patience);
        Assert.Equal("beyond the tunnel", await Say(live, 30));
        platform.Kill();
        using var late = new CancellationTokenSource(2 * Eventually.Patience);
        var answer = EdgeNetwork.Line(live, late.Token);
        await platform.StartAsync();
        Assert.Equal("beyond the tunnel", await answer);
        Assert.Equal(1, inside.Connections);
    }

    private static Wire.PlatformConfiguration Tunnelled(Wire.TunnelInfo.Types.TunnelType type)
    {
        var configuration = RunningPlatform.Configuration(mp1: false);
        var rule = configuration.TrafficRules[0];
        rule.Action = Wire.TrafficRule.Types.Action.ForwardEncapsulated;
        rule.TrafficFilters[0].DstAddresses.Add(EdgeNetwork.Cloud);
        rule.DstInterfaces.Add(new Wire.InterfaceDescriptor
        {
            InterfaceType = Wire.InterfaceDescriptor.Types.InterfaceType.Tunnel,
            TunnelInfo = new()
            {
                TunnelType = type, TunnelDstAddress = EdgeNetwork.App, TunnelSrcAddress = "10.60.0.1",
                TunnelSpecificData = { ["teid"] = "0x11223344", ["localTeid"] = "7" },
            },
        });
        return configuration;
    }

    [Fact]
    public void GRE_and_tunnels_that_lack_something_are_refused_when_they_are_configured()
    {
        var rule = Rule("r", RuleAction.ForwardEncapsulated, 1, To(EdgeNetwork.Cloud, "80", "TCP"));
        foreach (var (info, word) in new[] { (new Tunnel(TunnelType.Gre, "10.60.0.10", "10.60.0.1"), "GRE"), (new Tunnel(TunnelType.GtpU, "10.60.0.10", "10.60.0.1"), "teid") })
        {
            var enforcement = NftEnforcement.Check(rule with { Destinations = [new(InterfaceType.Tunnel) { TunnelInfo = info }] });
            Assert.Equal((EnforcementLevel.NotEnforced, true), (enforcement.Level, enforcement.IsRefused));
            Assert.Contains(word, enforcement.Message, StringComparison.Ordinal);
        }

        Assert.Equal(EnforcementLevel.Enforced, NftEnforcement.Check(Through(rule)).Level);
        Assert.False(NftEnforcement.Check(Through(rule) with { Action = RuleAction.DuplicateEncapsulated }).IsRefused);
        Assert.Contains("copies", NftEnforcement.Check(Through(rule) with { Action = RuleAction.DuplicateEncapsulated }).Message, StringComparison.Ordinal);
    }

    private static TrafficRule Through(TrafficRule rule, string peer = EdgeNetwork.App, string local = "10.60.0.1") => rule with
    {
        Destinations = [new(InterfaceType.Tunnel) { TunnelInfo = GtpMessageTests.Info(peer, local, ("teid", $"{Theirs}"), ("localTeid", $"{Ours}")) }],
    };

    private static async Task<byte[]> ReceiveAll(Socket socket, int length)
    {
        var all = new byte[length];
        for (var at = 0; at < length;)
        {
            var some = await socket.ReceiveAsync(all.AsMemory(at));
            at += some > 0 ? some : throw new IOException($"ended after {at} bytes");
        }

        return all;
    }
}
