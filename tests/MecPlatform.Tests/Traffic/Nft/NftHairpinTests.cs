using System.Net;
using Mano.MecPlatform.Traffic;

namespace Mano.MecPlatform.Tests.Traffic.Nft;

/// <summary>Device and instance on the same side of the gateway, and an instance that asks for what it stands for.</summary>
public sealed class NftHairpinTests : GatewayTest
{
    [EdgeNetworkFact]
    public async Task A_device_beside_the_instance_is_served_by_it_under_the_address_that_it_asked()
    {
        using var network = new EdgeNetwork();
        network.AddShared(("near", 2), ("beside", 10));
        using var cloud = network.Serve("net", IPAddress.Parse(EdgeNetwork.Cloud), 80, "cloud");
        using var cloud6 = network.Serve("net", IPAddress.Parse(EdgeNetwork.Cloud6), 80, "cloud");
        using var edge = network.Serve("beside", IPAddress.Parse("10.62.0.10"), 80, "edge");
        using var edge6 = network.Serve("beside", IPAddress.Parse("fd62::10"), 80, "edge");
        var plane = Plane(network);
        plane.Apply(Instance, Target with { Address = IPAddress.Parse("10.62.0.10") }, [Rule("four", RuleAction.ForwardDecapsulated, 1, To(EdgeNetwork.Cloud, "80", "TCP"))]);
        plane.Apply("six", Target with { Address = IPAddress.Parse("fd62::10") }, [Rule("six", RuleAction.ForwardDecapsulated, 1, To(EdgeNetwork.Cloud6, "80", "TCP"))]);
        foreach (var address in new[] { EdgeNetwork.Cloud, EdgeNetwork.Cloud6 })
        {
            // More than one packet and more than one flow: a device that was told of a shorter way would take it from the second on.
            using var live = await network.Connect("near", address, 80, Eventually.Patience);
            for (var i = 0; i < 5; i++)
            {
                Assert.Equal("edge", await Say(live, 30));
                Assert.Equal("edge", await network.Ask(address, from: "near"));
            }

            Assert.Equal("edge", await network.Ask(address)); // and one from elsewhere
        }

        plane.Apply(Instance, Target, []);
        Assert.Equal("cloud", await network.Ask(EdgeNetwork.Cloud, from: "near"));
    }

    [EdgeNetworkFact]
    public async Task An_instance_that_asks_the_address_it_stands_for_reaches_the_cloud()
    {
        using var network = new EdgeNetwork();
        using var cloud = network.Serve("net", IPAddress.Parse(EdgeNetwork.Cloud), 80, "cloud");
        using var cloud6 = network.Serve("net", IPAddress.Parse(EdgeNetwork.Cloud6), 80, "cloud");
        using var edge = network.Serve("app", IPAddress.Parse(EdgeNetwork.App), 80, "edge");
        var plane = Plane(network);
        plane.Apply(Instance, Target, [Rule("four", RuleAction.ForwardDecapsulated, 1, To(EdgeNetwork.Cloud, "80", "TCP"))]);
        plane.Apply("six", Target6, [Rule("six", RuleAction.ForwardDecapsulated, 1, To(EdgeNetwork.Cloud6, "80", "TCP"))]);
        Assert.Equal("edge", await network.Ask(EdgeNetwork.Cloud));
        Assert.Equal("cloud", await network.Ask(EdgeNetwork.Cloud, from: "app"));
        Assert.Equal("cloud", await network.Ask(EdgeNetwork.Cloud6, from: "app"));
        Assert.Equal("edge", await network.Ask(EdgeNetwork.Cloud, from: "mon"));
        Assert.Null(plane.Compare());
    }
}
