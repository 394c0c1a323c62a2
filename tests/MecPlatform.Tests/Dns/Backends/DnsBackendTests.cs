using Mano.Common.V1;
using Mano.MecPlatform.Dns;
using Mano.Platform.V1;
using Phase = Mano.Platform.V1.Application.Types.Phase;

namespace Mano.MecPlatform.Tests.Dns.Backends;

/// <summary>
/// What holds with every DNS backend, asked for over the wire. What the platform has acknowledged is asked for once and at
/// once: an acknowledgement means that users get the answer.
/// </summary>
public sealed class DnsBackendTests
{
    private const string Shop = "shop.edge.example";

    [Theory, Embedded, PowerDns, Dnsmasq]
    public async Task A_ready_applications_names_are_answered_with_their_addresses_of_both_families_and_their_TTL(string backend)
    {
        await using var world = await BackendWorld.Start(backend);
        await world.Configure("app-1", 1, (Shop, "0.0.0.0"), (Shop, "2001:db8::7"), ("second." + Shop, "192.0.2.8"));
        Assert.Equal((3, ""), (RawDns.CodeOf((await world.Message(Shop))!), await world.Ask(Shop)));

        var active = await world.Run("app-1", "127.0.7.1");
        Assert.Equal(Phase.Active, active.Phase);
        Assert.All(active.DnsRules, r => Assert.Equal(RuleState.Active, r.State));
        foreach (var tcp in (bool[])[false, true])
        {
            Assert.Equal([("127.0.7.1", (uint)DnsTestServer.Ttl)], BackendWorld.Records((await world.Message(Shop, DnsType.A, tcp))!));
            Assert.Equal([("2001:db8::7", (uint)DnsTestServer.Ttl)], BackendWorld.Records((await world.Message(Shop, DnsType.Aaaa, tcp))!));
        }

        Assert.Equal("192.0.2.8", await world.Ask("second." + Shop));
        var none = (await world.Message("second." + Shop, DnsType.Aaaa))!;
        Assert.Equal((0, 0), (RawDns.CodeOf(none), BackendWorld.Records(none).Count));
        Assert.Equal(backend, await Backend(world));
    }

    [Theory, Embedded, PowerDns, Dnsmasq]
    public async Task A_changed_address_and_changed_names_replace_what_was_answered(string backend)
    {
        await using var world = await BackendWorld.Start(backend);
        await world.Activate("app-1", "127.0.7.1", (Shop, "0.0.0.0"), ("old." + Shop, "192.0.2.1"));
        await world.Run("app-1", "127.0.7.2", "i2");
        Assert.Equal("127.0.7.2", await world.Ask(Shop));

        await world.Configure("app-1", 2, (Shop, "0.0.0.0"), ("new." + Shop, "192.0.2.1"), ("new." + Shop, "192.0.2.2"));
        Assert.Equal("127.0.7.2", await world.Ask(Shop));
        Assert.Equal("", await world.Ask("old." + Shop));
        Assert.Equal("192.0.2.1 192.0.2.2", await world.Ask("new." + Shop));
    }

    [Theory, Embedded, PowerDns, Dnsmasq]
    public async Task Names_of_an_application_out_of_service_are_gone_when_that_is_said_and_may_be_anothers(string backend)
    {
        await using var world = await BackendWorld.Start(backend);
        await world.Activate("app-1", "127.0.7.1", (Shop, "0.0.0.0"));
        await world.Activate("app-2", "127.0.7.2", ("other.edge.example", "0.0.0.0"));
        var drained = await world.Drain("app-1");
        Assert.Equal((Phase.Drained, RuleState.Inactive), (drained.Phase, drained.DnsRules[0].State));
        Assert.Equal((3, ""), (RawDns.CodeOf((await world.Message(Shop))!), await world.Ask(Shop)));
        Assert.Equal("127.0.7.2", await world.Ask("other.edge.example"));

        await world.Remove("app-1");
        await world.Activate("app-3", "127.0.7.3", (Shop, "0.0.0.0"));
        Assert.Equal("127.0.7.3", await world.Ask(Shop));
    }

    [Theory, Embedded, PowerDns, Dnsmasq]
    public async Task A_killed_platform_comes_back_to_the_same_names(string backend)
    {
        await using var world = await BackendWorld.Start(backend);
        await world.Activate("app-1", "127.0.7.1", (Shop, "0.0.0.0"));
        await world.Activate("app-2", "127.0.7.2", ("other.edge.example", "0.0.0.0"));
        await world.Drain("app-2");
        world.KillPlatform();
        Assert.Equal(backend == "embedded" ? null : "127.0.7.1", await world.Ask(Shop));

        await world.StartPlatform();
        Assert.Equal("127.0.7.1", await world.Ask(Shop));
        Assert.Equal("", await world.Ask("other.edge.example"));
        Assert.Equal(RuleState.Active, (await world.Get("app-1")).DnsRules[0].State);
    }

    [Theory, PowerDns, Dnsmasq]
    public async Task What_a_killed_platform_left_half_done_is_finished_by_the_next_one(string backend)
    {
        await using var world = await BackendWorld.Start(backend);
        await world.Activate("app-1", "127.0.7.1", (Shop, "0.0.0.0"));
        world.KillPlatform();
        await world.Server.Plant("ghost", "ghost.edge.example", "127.0.7.9");
        await world.Server.Plant("app-1", Shop, "127.0.7.9");
        await Eventually.Is(async () => await world.Ask("ghost.edge.example") == "127.0.7.9" && await world.Ask(Shop) == "127.0.7.9");

        await world.StartPlatform();
        Assert.Equal("127.0.7.1", await world.Ask(Shop));
        Assert.Equal("", await world.Ask("ghost.edge.example"));
    }

    [Theory, PowerDns, Dnsmasq]
    public async Task A_server_that_is_killed_and_comes_back_answers_the_same_also_if_it_lost_what_was_ours(string backend)
    {
        await using var world = await BackendWorld.Start(backend);
        await world.Activate("app-1", "127.0.7.1", (Shop, "0.0.0.0"));
        await world.Server.Kill();
        await world.Server.Start();
        Assert.Equal("127.0.7.1", await world.Ask(Shop));

        await world.Server.Kill();
        await world.Server.LoseWhatIsOurs();
        await world.Server.Start();
        await Eventually.Is(async () => await world.Ask(Shop) == "127.0.7.1");
        Assert.Equal("198.51.100.1", await world.Ask("operator.edge.example"));
    }

    [Theory, PowerDns, Dnsmasq]
    public async Task While_the_server_is_away_instances_wait_or_leave_and_nothing_is_lost(string backend)
    {
        await using var world = await BackendWorld.Start(backend);
        await world.Activate("app-1", "127.0.7.1", ("leaves.edge.example", "0.0.0.0"));
        await world.Activate("app-2", "127.0.7.2", ("stays.edge.example", "0.0.0.0"));
        Assert.Equal("1", await world.Metric("mano_platform_dns_server_up"));
        await world.Server.Kill();

        var waiting = await world.Activate("app-3", "127.0.7.3", (Shop, "0.0.0.0"));
        Assert.Equal((Phase.Activating, RuleState.Inactive), (waiting.Phase, waiting.DnsRules[0].State));
        Assert.Contains("names do not yet", waiting.Message, StringComparison.Ordinal);
        Assert.Contains(backend == "dnsmasq" ? "does not answer" : "cannot be asked", waiting.Message, StringComparison.Ordinal);
        Assert.Equal(Phase.Drained, (await world.Drain("app-1")).Phase);
        await world.Remove("app-1");
        Assert.Equal((Phase.Active, RuleState.Active), ((await world.Get("app-2")).Phase, (await world.Get("app-2")).DnsRules[0].State));
        Assert.Equal("0", await world.Metric("mano_platform_dns_server_up"));
        Assert.Equal("2", await world.Metric("mano_platform_dns_owed"));

        await world.Server.Start();
        await Eventually.Is(async () => (await world.Get("app-3")).Phase == Phase.Active);
        Assert.Equal("127.0.7.3", await world.Ask(Shop));
        Assert.Equal("127.0.7.2", await world.Ask("stays.edge.example"));
        Assert.Equal("", await world.Ask("leaves.edge.example"));
        Assert.Equal("0", await world.Metric("mano_platform_dns_owed"));
    }

    [Theory, PowerDns, Dnsmasq]
    public async Task A_platform_that_starts_while_the_server_is_away_serves_and_catches_up(string backend)
    {
        await using var world = await BackendWorld.Start(backend);
        await world.Activate("app-1", "127.0.7.1", (Shop, "0.0.0.0"));
        world.KillPlatform();
        await world.Server.Kill();
        await world.StartPlatform();
        Assert.Equal((Phase.Active, RuleState.Inactive), ((await world.Get("app-1")).Phase, (await world.Get("app-1")).DnsRules[0].State));
        await world.Server.LoseWhatIsOurs();
        await world.Server.Start();
        await Eventually.Is(async () => (await world.Get("app-1")).DnsRules[0].State == RuleState.Active);
        Assert.Equal("127.0.7.1", await world.Ask(Shop));
    }

    [Theory, PowerDns, Dnsmasq]
    public async Task Records_of_others_stay_and_a_name_that_they_hold_is_not_taken_from_them(string backend)
    {
        await using var world = await BackendWorld.Start(backend);
        await world.Server.AddForeign(Shop, "198.51.100.5");
        await Eventually.Is(async () => await world.Ask(Shop) == "198.51.100.5");
        var waiting = await world.Activate("app-1", "127.0.7.1", (Shop, "0.0.0.0"));
        Assert.Equal((Phase.Activating, RuleState.Inactive), (waiting.Phase, waiting.DnsRules[0].State));
        Assert.Contains(Shop, waiting.Message, StringComparison.Ordinal);
        Assert.Contains("198.51.100.5", await world.Ask(Shop), StringComparison.Ordinal);
        await world.Activate("app-2", "127.0.7.2", ("free.edge.example", "0.0.0.0"));
        Assert.Equal("127.0.7.2", await world.Ask("free.edge.example"));

        await world.Server.RemoveForeign(Shop);
        await Eventually.Is(async () => (await world.Get("app-1")).Phase == Phase.Active);
        Assert.Equal("127.0.7.1", await world.Ask(Shop));
        await world.Drain("app-1");
        await world.Drain("app-2");
        Assert.Equal("198.51.100.1", await world.Ask("operator.edge.example"));
    }

    [Theory, PowerDns, Dnsmasq]
    public async Task What_somebody_changes_by_hand_is_put_right_and_counted(string backend)
    {
        await using var world = await BackendWorld.Start(backend);
        await world.Activate("app-1", "127.0.7.1", (Shop, "0.0.0.0"));
        Assert.Equal("0", await world.Metric("mano_platform_dns_mended_total"));
        await world.Server.Plant("app-1", Shop, "127.0.7.66");
        await Eventually.Is(async () => await world.Metric("mano_platform_dns_mended_total") == "1");
        await Eventually.Is(async () => await world.Ask(Shop) == "127.0.7.1");
    }

    [Theory, Embedded, PowerDns, Dnsmasq]
    public async Task Many_instances_at_once_are_all_answered_and_all_gone(string backend)
    {
        await using var world = await BackendWorld.Start(backend);
        var ids = Enumerable.Range(1, 60).ToArray();
        await Task.WhenAll(ids.Select(i => world.Activate($"app-{i}", $"127.0.8.{i}", ($"n{i}.edge.example", "0.0.0.0"), ($"m{i}.edge.example", "0.0.0.0"))));
        foreach (var i in ids)
        {
            Assert.Equal(($"127.0.8.{i}", $"127.0.8.{i}"), (await world.Ask($"n{i}.edge.example"), await world.Ask($"m{i}.edge.example")));
        }

        await Task.WhenAll(ids.Select(i => world.Drain($"app-{i}")));
        foreach (var i in ids)
        {
            Assert.Equal("", await world.Ask($"n{i}.edge.example"));
        }
    }

    private static async Task<string> Backend(BackendWorld world)
    {
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(world.Process.Ready["http"] + "/metrics"));
        return text.Split('\n').Single(l => l.StartsWith("mano_platform_dns_server_up{", StringComparison.Ordinal)).Split("backend=\"")[1].Split('"')[0];
    }
}
