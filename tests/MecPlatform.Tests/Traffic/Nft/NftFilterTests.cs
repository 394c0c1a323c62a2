using System.Net;
using System.Net.Sockets;
using Mano.MecPlatform.Traffic;

namespace Mano.MecPlatform.Tests.Traffic.Nft;

/// <summary>Every filter field that a gateway sees, with packets that match it and packets that just do not.</summary>
public sealed class NftFilterTests : GatewayTest
{
    [EdgeNetworkFact]
    public async Task A_range_of_addresses_ends_where_it_says()
    {
        using var network = new EdgeNetwork();
        string[] clouds = ["203.0.113.40", "203.0.113.41", "203.0.113.49", "203.0.113.50"];
        Array.ForEach(clouds, c => network.AddCloud(c + "/32"));
        using var cloud = network.Serve("net", IPAddress.Any, 80, "cloud");
        using var edge = network.Serve("app", IPAddress.Parse(EdgeNetwork.App), 80, "edge");
        Plane(network).Apply(Instance, Target, [Rule("some", RuleAction.ForwardDecapsulated, 1, To("203.0.113.41-203.0.113.49", "80", "TCP"))]);
        Assert.Equal(["cloud", "edge", "edge", "cloud"], await Task.WhenAll(clouds.Select(c => network.Ask(c))));
    }

    [EdgeNetworkFact]
    public async Task A_range_of_IPv6_prefixes_ends_where_it_says()
    {
        using var network = new EdgeNetwork();
        string[] clouds = ["2001:db8::1:5", "2001:db8::2:0", "2001:db8::3:ffff", "2001:db8::4:0"];
        Array.ForEach(clouds, c => network.AddCloud(c + "/128"));
        using var cloud = network.Serve("net", IPAddress.IPv6Any, 80, "cloud");
        using var edge = network.Serve("app", IPAddress.Parse(EdgeNetwork.App6), 80, "edge");
        Plane(network).Apply(Instance, Target6, [Rule("some", RuleAction.ForwardDecapsulated, 1, To("2001:db8::2:0/112-2001:db8::3:0/112", "80", "TCP"))]);
        Assert.Equal(["cloud", "edge", "edge", "cloud"], await Task.WhenAll(clouds.Select(c => network.Ask(c))));
    }

    [EdgeNetworkFact]
    public async Task Sources_and_their_ports_tell_devices_apart()
    {
        using var network = new EdgeNetwork();
        using var cloud = network.Serve("net", IPAddress.Parse(EdgeNetwork.Cloud), 80, "cloud");
        using var edge = network.Serve("app", IPAddress.Parse(EdgeNetwork.App), 80, "edge");
        var plane = Plane(network);
        var everyone = To(EdgeNetwork.Cloud, "80", "TCP");
        foreach (var (filter, answer) in new[]
        {
            (everyone with { SrcAddress = ["10.45.0.0/24"] }, "edge"),
            (everyone with { SrcAddress = ["10.46.0.0/24", "10.45.0.3-10.45.0.9"] }, "cloud"),
            (everyone with { SrcPort = ["1-65535"] }, "edge"),
            (everyone with { SrcPort = ["1-1023"] }, "cloud"),
        })
        {
            plane.Apply(Instance, Target, [Rule("devices", RuleAction.ForwardDecapsulated, 1, filter)]);
            Assert.Equal(answer, await network.Ask(EdgeNetwork.Cloud));
        }
    }

    [EdgeNetworkFact]
    public async Task A_range_of_UDP_ports_is_steered_and_the_device_sees_the_cloud_answer()
    {
        using var network = new EdgeNetwork();
        using var device = network.Udp("ue", EdgeNetwork.Ue, 4000);
        using var inside = network.Udp("app", EdgeNetwork.App, 5010);
        using var outside = network.Udp("net", EdgeNetwork.Cloud, 5011);
        Plane(network).Apply(Instance, Target, [Rule("media", RuleAction.ForwardDecapsulated, 1, To(EdgeNetwork.Cloud, "5000-5010", "UDP"))]);
        foreach (var (server, port) in new[] { (inside, 5010), (outside, 5011) })
        {
            var asked = new IPEndPoint(IPAddress.Parse(EdgeNetwork.Cloud), port);
            await device.SendToAsync("?"u8.ToArray(), asked);
            var question = await server.ReceiveFromAsync(new byte[9], new IPEndPoint(IPAddress.Any, 0)).Soon();
            await server.SendToAsync("!"u8.ToArray(), question.RemoteEndPoint);
            Assert.Equal(asked, (await device.ReceiveFromAsync(new byte[9], new IPEndPoint(IPAddress.Any, 0)).Soon()).RemoteEndPoint);
        }
    }

    [EdgeNetworkFact]
    public async Task The_first_by_priority_decides_whatever_its_action()
    {
        using var network = new EdgeNetwork();
        using var cloud = network.Serve("net", IPAddress.Parse(EdgeNetwork.Cloud), 80, "cloud");
        using var edge = network.Serve("app", IPAddress.Parse(EdgeNetwork.App), 80, "edge");
        var plane = Plane(network);
        var (one, all) = (To(EdgeNetwork.Cloud, "80", "TCP"), To("0.0.0.0/0", "1-65535", "TCP"));
        plane.Apply(Instance, Target, [Rule("a", RuleAction.ForwardDecapsulated, 0, one), Rule("b", RuleAction.Drop, 255, all)]);
        Assert.Equal("edge", await network.Ask(EdgeNetwork.Cloud));
        plane.Apply(Instance, Target, [Rule("a", RuleAction.ForwardDecapsulated, 255, one), Rule("b", RuleAction.Passthrough, 0, all)]);
        Assert.Equal("cloud", await network.Ask(EdgeNetwork.Cloud));
        plane.Apply(Instance, Target, [Rule("a", RuleAction.ForwardDecapsulated, 7, one), Rule("b", RuleAction.Drop, 7, one)]);
        Assert.Equal("edge", await network.Ask(EdgeNetwork.Cloud)); // equals: the lower id
        plane.Apply(Instance, Target, [Rule("a", RuleAction.ForwardDecapsulated, 8, one), Rule("b", RuleAction.Drop, 7, all)]);
        Assert.Equal("nobody", await network.Ask(EdgeNetwork.Cloud, seconds: 2));
    }

    [EdgeNetworkFact]
    public async Task A_flow_is_told_by_the_mark_of_its_first_packet()
    {
        using var network = new EdgeNetwork();
        using var inside = network.Udp("app", EdgeNetwork.App, 5000);
        using var outside = network.Udp("net", EdgeNetwork.Cloud, 5000);
        Plane(network).Apply(Instance, Target, [Rule("voice", RuleAction.ForwardDecapsulated, 1, To(EdgeNetwork.Cloud, "5000", "UDP") with { Dscp = 46 })]);
        foreach (var (server, dscp) in new[] { (inside, 46), (outside, 0) })
        {
            using var device = network.Udp("ue", EdgeNetwork.Ue, 4000 + dscp);
            device.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.TypeOfService, dscp << 2);
            await device.SendToAsync(new byte[dscp + 1], new IPEndPoint(IPAddress.Parse(EdgeNetwork.Cloud), 5000));
            Assert.Equal(dscp + 1, await server.ReceiveAsync(new byte[99]).Soon());
        }
    }

    [EdgeNetworkFact]
    public async Task An_IPv6_traffic_class_is_told_packet_by_packet()
    {
        using var network = new EdgeNetwork();
        using var cloud = network.Udp("net", EdgeNetwork.Cloud6, 5000);
        using var device = network.Udp("ue", EdgeNetwork.Ue6, 5001);
        var filter = new TrafficFilter { DstAddress = [EdgeNetwork.Cloud6], Protocol = ["UDP"], TrafficClass = 0xb8 };
        Plane(network).Apply(Instance, Target6, [Rule("marked", RuleAction.Drop, 10, filter) with { FilterType = FilterType.Packet }]);
        foreach (var (trafficClass, length) in new[] { (0xb8, 1), (0xb0, 2), (0, 3) })
        {
            device.SetRawSocketOption(41, 67, BitConverter.GetBytes(trafficClass)); // IPPROTO_IPV6, IPV6_TCLASS
            await device.SendToAsync(new byte[length], new IPEndPoint(IPAddress.Parse(EdgeNetwork.Cloud6), 5000));
        }

        Assert.Equal(2, await cloud.ReceiveAsync(new byte[9]).Soon());
        Assert.Equal(3, await cloud.ReceiveAsync(new byte[9]).Soon());
    }

    [EdgeNetworkFact]
    public async Task IPv6_is_dropped_and_lives_again()
    {
        using var network = new EdgeNetwork();
        using var cloud = network.Serve("net", IPAddress.Parse(EdgeNetwork.Cloud6), 80, "cloud");
        var plane = Plane(network);
        using var live = await network.Connect("ue", EdgeNetwork.Cloud6, 80, Eventually.Patience);
        Assert.Equal("cloud", await Say(live, 30));
        plane.Apply(Instance, Target6, [Rule("wall", RuleAction.Drop, 10, To("2001:db8::/64", "80", "TCP"))]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Say(live, 2));
        Assert.Equal("nobody", await network.Ask(EdgeNetwork.Cloud6, seconds: 2));
        plane.Apply(Instance, Target6, []);
        Assert.Equal("cloud", await network.Ask(EdgeNetwork.Cloud6));
        Assert.StartsWith("cloud", await Say(live, 60), StringComparison.Ordinal);
    }

    [EdgeNetworkFact]
    public async Task IPv6_is_copied_to_two_and_the_conversation_goes_on()
    {
        using var network = new EdgeNetwork();
        using var cloud = network.Serve("net", IPAddress.Parse(EdgeNetwork.Cloud6), 80, "cloud");
        var plane = Plane(network);
        var tap = Rule("tap", RuleAction.DuplicateDecapsulated, 10, To(EdgeNetwork.Cloud6, "80", "TCP")) with
        {
            Destinations = [new(InterfaceType.Ip) { DstIpAddress = "fd61::10" }, new(InterfaceType.Ip) { DstIpAddress = EdgeNetwork.App6 }],
        };
        var (monitor, app) = (network.Received("mon"), network.Received("app"));
        plane.Apply(Instance, Target6, [tap]);
        using var live = await network.Connect("ue", EdgeNetwork.Cloud6, 80, Eventually.Patience);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("cloud", await Say(live, 30));
        }

        // Ten questions and ten answers, each of at least 74 bytes with their headers, to both.
        await Eventually.Is(() => network.Received("mon") - monitor > 20 * 74 && network.Received("app") - app > 20 * 74);
    }
}
