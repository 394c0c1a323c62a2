using System.Net;
using System.Net.Sockets;
using Mano.MecPlatform.Traffic;
using Mano.MecPlatform.Traffic.Nft;

namespace Mano.MecPlatform.Tests.Traffic.Nft;

/// <summary>Real packets through a real kernel: a device, a gateway, an edge application, and the cloud it stands for.</summary>
public sealed class NftDataPlaneTests : GatewayTest
{
    [EdgeNetworkFact]
    public async Task A_forward_rule_moves_new_connections_to_the_edge_and_its_end_moves_them_back()
    {
        using var network = new EdgeNetwork();
        using var cloud = network.Serve("net", IPAddress.Parse(EdgeNetwork.Cloud), 80, "cloud");
        using var edge = network.Serve("app", IPAddress.Parse(EdgeNetwork.App), 80, "edge");
        var plane = Plane(network);
        Assert.Equal("cloud", await network.Ask(EdgeNetwork.Cloud));

        plane.Apply(Instance, Target, [Rule("video", RuleAction.ForwardDecapsulated, 10, To(EdgeNetwork.Cloud, "80", "TCP"))]);
        Assert.True(plane.IsActive(Instance, "video"));
        Assert.Equal("edge", await network.Ask(EdgeNetwork.Cloud));
        Assert.Equal("edge", await network.Ask(EdgeNetwork.Cloud));

        plane.Compare();
        Assert.InRange(plane.TrafficOf(Instance, "video").Bytes, 100, 10_000);

        plane.Apply(Instance, Target, []);
        Assert.Equal("cloud", await network.Ask(EdgeNetwork.Cloud));
        Assert.False(plane.IsActive(Instance, "video"));
    }

    [EdgeNetworkFact]
    public async Task The_one_port_of_the_application_is_reached_whatever_port_the_device_asked_for()
    {
        using var network = new EdgeNetwork();
        using var edge = network.Serve("app", IPAddress.Parse(EdgeNetwork.App), 8080, "edge");
        var plane = Plane(network);
        plane.Apply(Instance, Target with { TcpPorts = [8080] }, [Rule("web", RuleAction.ForwardDecapsulated, 10, To(EdgeNetwork.Cloud, "80", "TCP"))]);
        Assert.Equal("edge", await network.Ask(EdgeNetwork.Cloud));
    }

    [EdgeNetworkFact]
    public async Task IPv6_is_steered_too()
    {
        using var network = new EdgeNetwork();
        using var cloud = network.Serve("net", IPAddress.Parse(EdgeNetwork.Cloud6), 80, "cloud");
        using var edge = network.Serve("app", IPAddress.Parse(EdgeNetwork.App6), 80, "edge");
        var plane = Plane(network);
        Assert.Equal("cloud", await network.Ask(EdgeNetwork.Cloud6));
        plane.Apply(Instance, Target with { Address = IPAddress.Parse(EdgeNetwork.App6) }, [Rule("six", RuleAction.ForwardDecapsulated, 10, To("2001:db8::/64", "80-90", "TCP"))]);
        Assert.Equal("edge", await network.Ask(EdgeNetwork.Cloud6));
    }

    [EdgeNetworkFact]
    public async Task A_drop_rule_cuts_flows_that_exist_as_well_as_new_ones_and_its_end_lets_them_live_again()
    {
        using var network = new EdgeNetwork();
        using var cloud = network.Serve("net", IPAddress.Parse(EdgeNetwork.Cloud), 80, "cloud");
        var plane = Plane(network);
        using var live = await network.Connect("ue", EdgeNetwork.Cloud, 80, TimeSpan.FromSeconds(30));
        Assert.Equal("cloud", await Say(live, 30));

        plane.Apply(Instance, Target, [Rule("wall", RuleAction.Drop, 10, To(EdgeNetwork.Cloud, "80", "TCP"))]);
        Assert.Equal("nobody", await network.Ask(EdgeNetwork.Cloud, seconds: 2));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Say(live, 2));

        plane.Apply(Instance, Target, []);
        Assert.Equal("cloud", await network.Ask(EdgeNetwork.Cloud));

        // Lost segments come again: the connection itself has survived.
        Assert.StartsWith("cloud", await Say(live, 60), StringComparison.Ordinal);
    }

    [EdgeNetworkFact]
    public async Task A_flow_that_exists_keeps_its_way_when_rules_come_and_go_and_the_platform_starts_again()
    {
        using var network = new EdgeNetwork();
        using var cloud = network.Serve("net", IPAddress.Parse(EdgeNetwork.Cloud), 80, "cloud");
        using var edge = network.Serve("app", IPAddress.Parse(EdgeNetwork.App), 80, "edge");
        var plane = Plane(network);
        using var toCloud = await network.Connect("ue", EdgeNetwork.Cloud, 80, TimeSpan.FromSeconds(30));
        var rule = Rule("video", RuleAction.ForwardDecapsulated, 10, To(EdgeNetwork.Cloud, "80", "TCP"));
        plane.Apply(Instance, Target, [rule]);
        using var toEdge = await network.Connect("ue", EdgeNetwork.Cloud, 80, TimeSpan.FromSeconds(30));
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("edge", await Say(toEdge, 30));
            Assert.Equal("cloud", await Say(toCloud, 30));
            plane.Apply($"other-{i}", Target, [Rule("r", RuleAction.ForwardDecapsulated, i, To($"203.0.113.{100 + i}", "80", "TCP"))]);
        }

        // Another process: nothing is written until it knows all.
        var again = Plane(network, held: true);
        again.Apply(Instance, Target, [rule]);
        Assert.Equal("edge", await Say(toEdge, 30));
        again.Begin();
        Assert.Equal("edge", await Say(toEdge, 30));
        Assert.Equal("cloud", await Say(toCloud, 30));
        Assert.Equal("edge", await network.Ask(EdgeNetwork.Cloud));
        Assert.Null(again.Compare());

        // As RuleActivation does it: while the rule acts, a late segment of a flow that is forgotten would make it anew.
        again.Apply(Instance, Target, []);
        again.CloseFlows(Instance);
        Assert.NotEqual("edge", await SayOrBroken(toEdge));
        Assert.Equal("cloud", await Say(toCloud, 30));
    }

    [EdgeNetworkFact]
    public async Task Priorities_decide_and_a_passthrough_excepts_one_address_from_a_prefix()
    {
        using var network = new EdgeNetwork();
        using var cloud = network.Serve("net", IPAddress.Parse(EdgeNetwork.Cloud), 80, "cloud");
        using var other = network.Serve("net", IPAddress.Parse(EdgeNetwork.OtherCloud), 80, "other");
        using var edge = network.Serve("app", IPAddress.Parse(EdgeNetwork.App), 80, "edge");
        var plane = Plane(network);
        plane.Apply(Instance, Target,
        [
            Rule("all", RuleAction.ForwardDecapsulated, 200, To("203.0.113.0/24", "1-1000", "TCP")),
            Rule("but", RuleAction.Passthrough, 100, To(EdgeNetwork.OtherCloud, "80", "TCP")),
        ]);
        Assert.Equal("edge", await network.Ask(EdgeNetwork.Cloud));
        Assert.Equal("other", await network.Ask(EdgeNetwork.OtherCloud));
    }

    [EdgeNetworkFact]
    public async Task A_duplicate_rule_copies_every_packet_to_the_monitor_and_disturbs_nobody()
    {
        using var network = new EdgeNetwork();
        using var cloud = network.Udp("net", EdgeNetwork.Cloud, 5000);
        using var device = network.Udp("ue", EdgeNetwork.Ue, 5001);
        var plane = Plane(network);
        var copy = Rule("tap", RuleAction.DuplicateDecapsulated, 10, To(EdgeNetwork.Cloud, "5000", "UDP")) with
        {
            Destinations = [new RuleDestination(InterfaceType.Ip) { DstIpAddress = EdgeNetwork.Monitor }],
        };
        var before = network.Received("mon");
        plane.Apply(Instance, Target, [copy]);
        for (var i = 0; i < 10; i++)
        {
            await device.SendToAsync(new byte[1000], new IPEndPoint(IPAddress.Parse(EdgeNetwork.Cloud), 5000));
            var got = await cloud.ReceiveFromAsync(new byte[2000], new IPEndPoint(IPAddress.Any, 0)).WaitAsync(TimeSpan.FromSeconds(30));
            await cloud.SendToAsync(new byte[500], got.RemoteEndPoint);
            Assert.Equal(500, await device.ReceiveAsync(new byte[2000]).WaitAsync(TimeSpan.FromSeconds(30)));
        }

        await Eventually.Is(() => network.Received("mon") - before >= 20 * 500);
    }

    [EdgeNetworkFact]
    public async Task A_rule_for_packets_drops_by_their_mark_without_touching_the_flow()
    {
        using var network = new EdgeNetwork();
        using var cloud = network.Udp("net", EdgeNetwork.Cloud, 5000);
        using var device = network.Udp("ue", EdgeNetwork.Ue, 5001);
        var plane = Plane(network);
        var filter = new TrafficFilter { DstAddress = [EdgeNetwork.Cloud], Protocol = ["UDP"], Dscp = 46 };
        plane.Apply(Instance, Target, [Rule("marked", RuleAction.Drop, 10, filter) with { FilterType = FilterType.Packet }]);

        device.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.TypeOfService, 46 << 2);
        await device.SendToAsync(new byte[1], new IPEndPoint(IPAddress.Parse(EdgeNetwork.Cloud), 5000));
        device.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.TypeOfService, 0);
        await device.SendToAsync(new byte[2], new IPEndPoint(IPAddress.Parse(EdgeNetwork.Cloud), 5000));
        Assert.Equal(2, await cloud.ReceiveAsync(new byte[10]).WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [EdgeNetworkFact]
    public async Task What_somebody_else_changed_is_found_and_mended()
    {
        using var network = new EdgeNetwork();
        using var edge = network.Serve("app", IPAddress.Parse(EdgeNetwork.App), 80, "edge");
        var plane = Plane(network);
        plane.Apply(Instance, Target, [Rule("video", RuleAction.ForwardDecapsulated, 10, To(EdgeNetwork.Cloud, "80", "TCP"))]);
        Assert.Null(plane.Compare());
        var commands = new NftCommands(new(network.Gateway));
        foreach (var sabotage in new[]
        {
            "flush map ip mano rules_0", "flush chain ip mano rules", "flush chain ip mano classify", "delete table ip mano",
            "add rule ip mano rules drop", "add element ip mano verdicts { 1 : drop }", "flush ruleset",
        })
        {
            commands.Apply(sabotage);
            Assert.NotNull(plane.Compare());
            Assert.Null(plane.Compare());
            Assert.Equal("edge", await network.Ask(EdgeNetwork.Cloud));
        }
    }

    [EdgeNetworkFact]
    public async Task A_change_that_finds_nothing_to_change_writes_everything_anew()
    {
        using var network = new EdgeNetwork();
        using var edge = network.Serve("app", IPAddress.Parse(EdgeNetwork.App), 80, "edge");
        var plane = Plane(network);
        plane.Apply(Instance, Target, [Rule("video", RuleAction.ForwardDecapsulated, 10, To(EdgeNetwork.Cloud, "80", "TCP"))]);
        plane.Compare();
        Assert.False(plane.Written.IsCompleted);
        new NftCommands(new(network.Gateway)).Apply("flush ruleset");
        plane.Apply("other", Target, [Rule("other", RuleAction.ForwardDecapsulated, 10, To(EdgeNetwork.OtherCloud, "80", "TCP"))]);
        Assert.True(plane.Written.IsCompleted);
        Assert.Equal("edge", await network.Ask(EdgeNetwork.Cloud));
        Assert.Equal("edge", await network.Ask(EdgeNetwork.OtherCloud));
        Assert.Null(plane.Compare());
    }

    [EdgeNetworkFact]
    public async Task Ten_thousand_rules_are_one_transaction_and_one_more_is_a_small_one()
    {
        using var network = new EdgeNetwork();
        using var edge = network.Serve("app", IPAddress.Parse(EdgeNetwork.App), 80, "edge");
        var plane = Plane(network);
        plane.Apply(Instance, Target,
            [.. Enumerable.Range(0, 10_000).Select(i => Rule($"r{i}", RuleAction.ForwardDecapsulated, i % 256, To($"203.0.{113 + i / 65536}.{i % 256}", $"{1 + i / 256}", "TCP")))]);
        Assert.True(plane.IsActive(Instance, "r9999"));
        plane.Apply("one-more", Target, [Rule("one", RuleAction.ForwardDecapsulated, 3, To(EdgeNetwork.Cloud, "80", "TCP"))]);
        Assert.Equal("edge", await network.Ask(EdgeNetwork.Cloud));
        Assert.Null(plane.Compare());
    }

    [EdgeNetworkFact]
    public void The_machines_own_network_is_never_touched()
    {
        var refused = Assert.Throws<Mano.Mesh.Failures.FailureException>(() => new GatewayNamespace(string.Empty));
        Assert.Contains("--gateway-netns", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ip netns add nowhere", Assert.Throws<Mano.Mesh.Failures.FailureException>(() => new GatewayNamespace("nowhere")).Message, StringComparison.Ordinal);
    }

    private static async Task<string> SayOrBroken(Socket socket)
    {
        try
        {
            return await Say(socket, 2);
        }
        catch (Exception broken) when (broken is SocketException or OperationCanceledException)
        {
            return "broken";
        }
    }
}
