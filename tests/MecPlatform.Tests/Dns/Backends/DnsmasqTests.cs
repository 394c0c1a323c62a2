using Phase = Mano.Platform.V1.Application.Types.Phase;

namespace Mano.MecPlatform.Tests.Dns.Backends;

/// <summary>What is dnsmasq's own: whether it has read what was written.</summary>
public sealed class DnsmasqTests
{
    [Theory, Dnsmasq]
    public async Task One_that_does_not_follow_its_folder_is_told_to_read_again(string backend)
    {
        Assert.Equal("dnsmasq", backend);
        await using var world = await BackendWorld.Start(new DnsmasqServer(follows: false));
        Assert.Equal(Phase.Active, (await world.Activate("app-1", "127.0.7.1", ("shop.edge.example", "0.0.0.0"))).Phase);
        Assert.Equal("127.0.7.1", await world.Ask("shop.edge.example"));
        await world.Run("app-1", "127.0.7.2", "i2");
        Assert.Equal("127.0.7.2", await world.Ask("shop.edge.example"));
        await world.Drain("app-1");
        Assert.Equal("", await world.Ask("shop.edge.example"));
        Assert.Equal("198.51.100.1", await world.Ask("operator.edge.example"));
    }

    [Theory, Dnsmasq]
    public async Task A_folder_that_is_not_there_is_said_and_used_when_it_comes(string backend)
    {
        await using var world = await BackendWorld.Start(backend);
        var hosts = ((DnsmasqServer)world.Server).Hosts;
        Directory.Move(hosts, hosts + ".away");
        var waiting = await world.Activate("app-1", "127.0.7.1", ("shop.edge.example", "0.0.0.0"));
        Assert.Equal(Phase.Activating, waiting.Phase);
        Assert.Contains("--dnsmasq-hosts-dir", waiting.Message, StringComparison.Ordinal);
        Directory.Move(hosts + ".away", hosts);
        await Eventually.Is(async () => (await world.Get("app-1")).Phase == Phase.Active);
        Assert.Equal("127.0.7.1", await world.Ask("shop.edge.example"));
    }
}
