using System.Text.Json.Nodes;
using Phase = Mano.Platform.V1.Application.Types.Phase;

namespace Mano.MecPlatform.Tests.Dns.Backends;

/// <summary>What is PowerDNS' own: zones, keys, and what it refuses.</summary>
public sealed class PowerDnsTests
{
    [Theory, PowerDns]
    public async Task A_name_in_no_zone_that_may_be_written_waits_and_says_which_flag_would_do(string backend)
    {
        await using var world = await BackendWorld.Start(backend);
        var server = (PowerDnsServer)world.Server;
        await server.Post(new JsonObject { ["name"] = "operator.example.", ["kind"] = "Native", ["nameservers"] = new JsonArray("ns.operator.example.") });
        var outside = await world.Activate("app-1", "127.0.7.1", ("shop.example.org", "0.0.0.0"));
        Assert.Equal(Phase.Activating, outside.Phase);
        Assert.Contains("--powerdns-create-zones", outside.Message, StringComparison.Ordinal);
        var others = await world.Activate("app-2", "127.0.7.2", ("shop.operator.example", "0.0.0.0"));
        Assert.Contains("--dns-zone operator.example", others.Message, StringComparison.Ordinal);
        Assert.Equal(["edge.example.", "operator.example."], (await server.Zones()).Order());
        Assert.Equal("2", await world.Metric("mano_platform_dns_owed"));
    }

    [Theory, PowerDns]
    public async Task Where_it_is_allowed_a_zone_is_made_for_a_name_and_goes_with_it(string backend)
    {
        await using var world = await BackendWorld.Start(backend, "--powerdns-create-zones", "--dns-zone", "late.example");
        var server = (PowerDnsServer)world.Server;
        await world.Activate("app-1", "127.0.7.1", ("shop.example.org", "0.0.0.0"), ("a.late.example", "0.0.0.0"), ("b.late.example", "0.0.0.0"));
        Assert.Equal(("127.0.7.1", "127.0.7.1"), (await world.Ask("shop.example.org"), await world.Ask("b.late.example")));
        Assert.Equal(["edge.example.", "late.example.", "shop.example.org."], (await server.Zones()).Order());
        var none = (await world.Message("nobody.late.example"))!;
        Assert.Equal((3, 1), (RawDns.CodeOf(none), none[9]));
        Assert.Equal([0, 0, 0, 5], none[^4..]); // the last number of the SOA: for how long a resolver may remember

        await world.Drain("app-1");
        await Eventually.Is(async () => (await server.Zones()).Count == 2);
        Assert.Equal(["edge.example.", "late.example."], (await server.Zones()).Order());
    }

    [Theory, PowerDns]
    public async Task A_name_that_PowerDNS_refuses_does_not_hold_up_those_of_other_instances(string backend)
    {
        await using var world = await BackendWorld.Start(backend);
        var server = (PowerDnsServer)world.Server;
        world.KillPlatform();
        await server.Set("alias.edge.example", "CNAME", "elsewhere.example.", null);
        await server.Set("text.edge.example", "TXT", "\"stays\"", null);
        await world.StartPlatform();
        var all = await Task.WhenAll(
            world.Activate("app-1", "127.0.7.1", ("alias.edge.example", "0.0.0.0")),
            world.Activate("app-2", "127.0.7.2", ("text.edge.example", "0.0.0.0")),
            world.Activate("app-3", "127.0.7.3", (new string('x', 63) + ".edge.example", "0.0.0.0")));
        Assert.Equal([Phase.Activating, Phase.Active, Phase.Active], all.Select(a => a.Phase));
        Assert.Equal("127.0.7.2", await world.Ask("text.edge.example"));
        await world.Drain("app-2");
        Assert.Equal(1, (await world.Message("text.edge.example", (Mano.MecPlatform.Dns.DnsType)16))![7]);
    }

    [Theory, PowerDns]
    public async Task A_key_that_is_exchanged_is_used_without_a_restart(string backend)
    {
        await using var world = await BackendWorld.Start(backend);
        var server = (PowerDnsServer)world.Server;
        var key = await File.ReadAllTextAsync(server.KeyFile);
        await File.WriteAllTextAsync(server.KeyFile, "wrong");
        var waiting = await world.Activate("app-1", "127.0.7.1", ("shop.edge.example", "0.0.0.0"));
        Assert.Contains("refused the API key", waiting.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Trim(), world.Process.Log, StringComparison.Ordinal);
        await File.WriteAllTextAsync(server.KeyFile, key);
        await Eventually.Is(async () => (await world.Get("app-1")).Phase == Phase.Active);
        Assert.Equal("127.0.7.1", await world.Ask("shop.edge.example"));
    }
}
