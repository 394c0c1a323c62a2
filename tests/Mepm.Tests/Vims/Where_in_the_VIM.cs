using Grpc.Core;
using Mano.Mepm.Hosts;
using Mano.Mepm.Tests.Grpc;
using Mano.Mesh.Failures;
using Mano.Site.V1;
using Mano.Testing;
using Mano.VimAdapters.Contract;
using Microsoft.Extensions.DependencyInjection;
using static Mano.Mepm.Tests.Vims.Named_vims;
using WireGroup = Mano.Site.V1.AffinityGroup;

namespace Mano.Mepm.Tests.Vims;

/// <summary>Zones and affinity groups on their way from a host and an intent to the VIM.</summary>
public sealed class Where_in_the_VIM
{
    private const string Second = "0197a3f0-0000-7000-8000-000000000002";

    [Fact]
    public async Task A_host_with_a_zone_within_the_VIM_puts_its_computes_there()
    {
        await using var site = await SiteFixture.Start(change: o => o with { Hosts = [o.Hosts[0] with { VimZone = "north", VimSettings = Zoned(o.Hosts[0].VimSettings) }] });
        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1));
        await site.Until(AppInstance.Types.Phase.Steady, 1);

        Assert.Equal("north", (await Compute(site)).Spec.Zone);
        Assert.Equal("north", (await site.Vims.ListHostsAsync(new())).Hosts.Single().VimZone);
    }

    [Fact]
    public async Task A_zone_that_changes_moves_nobody_who_is_there()
    {
        await using var site = await SiteFixture.Start(change: o => Keeping(o, "north"));
        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1));
        await site.Until(AppInstance.Types.Phase.Steady, 1);
        var before = await Compute(site);
        await site.StopMepm();
        await site.StartMepm(o => Keeping(o, "south"));

        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(2));
        await site.Until(AppInstance.Types.Phase.Steady, 2);

        Assert.Equal(("north", before.CreatedAt), ((await Compute(site)).Spec.Zone, (await Compute(site)).CreatedAt));
    }

    [Fact]
    public async Task A_zone_that_the_VIM_does_not_have_is_refused_with_those_it_has()
    {
        await using var site = await SiteFixture.Start(change: NoHosts);
        var vim = ASimulated();
        vim.Settings["Zones:0"] = "north";
        vim.Settings["Zones:1"] = "south";
        await site.Vims.AddVimAsync(vim);
        var host = new SiteHost { HostId = "edge-2", Vim = "central", Zone = "a", Platform = site.PlatformAddress, VimZone = "west" };

        var refused = await Refused(site.Vims.AddHostAsync(new() { Host = host }));
        Assert.Equal((StatusCode.InvalidArgument, "host.vim_zone"), (refused.StatusCode, refused.ToFailure().Faults.Single().Path));
        Assert.Contains("no zone 'west'; it has north, south.", refused.Status.Detail, StringComparison.Ordinal);
        host.VimZone = "north ";
        Assert.Contains("no blank at either end", (await Refused(site.Vims.AddHostAsync(new() { Host = host }))).Status.Detail, StringComparison.Ordinal);

        host.VimZone = "south";
        Assert.Equal("south", (await site.Vims.AddHostAsync(new() { Host = host })).Host.VimZone);
        host.VimZone = "north";
        Assert.Equal(StatusCode.AlreadyExists, (await Refused(site.Vims.AddHostAsync(new() { Host = host }))).StatusCode);
        await site.StopMepm();
        await site.StartMepm(NoHosts);
        Assert.Equal("south", (await site.Vims.ListHostsAsync(new())).Hosts.Single().VimZone);
    }

    [Fact]
    public async Task A_configured_host_in_a_zone_that_is_not_there_is_not_healthy_and_says_why()
    {
        await using var site = await SiteFixture.Start(change: o => o with { Hosts = [o.Hosts[0] with { VimZone = "west" }] });

        await Eventually.Is(
            async () => (await site.Client.GetSiteAsync(new())).Site.Hosts[0] is { Healthy: false } host && host.Message.Contains("The VIM has no zone 'west'", StringComparison.Ordinal),
            "the host says so");
    }

    [Fact]
    public async Task Groups_reach_a_VIM_that_keeps_them_on_every_host_that_uses_it()
    {
        await using var site = await SiteFixture.Start(change: NoHosts);
        var vim = ASimulated();
        vim.Settings["Machines"] = "1";
        await site.Vims.AddVimAsync(vim);
        await AddHost(site, "edge-1");
        await AddHost(site, "edge-2");
        await site.Client.EnsureAppInstanceAsync(Grouped(WireGroup.Types.Rule.Apart));
        await site.Until(AppInstance.Types.Phase.Steady, 1);
        Assert.Equal([new VimAdapters.Contract.AffinityGroup("web", AffinityRule.Apart)], (await Compute(site)).Spec.Groups);

        await site.Client.EnsureAppInstanceAsync(Grouped(WireGroup.Types.Rule.Together, Second, "edge-2"));
        await site.Until(AppInstance.Types.Phase.Steady, 1, Second);
    }

    [Fact]
    public async Task A_VIM_that_keeps_no_groups_is_not_asked_to_and_a_chart_neither()
    {
        await using var site = await SiteFixture.Start(change: o => o with
        {
            Hosts = [o.Hosts[0] with { VimSettings = new Dictionary<string, string>(o.Hosts[0].VimSettings) { ["Without:0"] = "Affinity" } }],
        });

        await site.Client.EnsureAppInstanceAsync(Grouped(WireGroup.Types.Rule.Apart));
        await site.Until(AppInstance.Types.Phase.Steady, 1);

        Assert.Empty((await Compute(site)).Spec.Groups);
    }

    [Fact]
    public async Task Groups_that_are_ill_formed_are_refused_all_at_once()
    {
        await using var site = await SiteFixture.Start();
        var wanted = Grouped(WireGroup.Types.Rule.Unspecified);
        wanted.Desired.Compute.Groups.Add(new WireGroup { Name = "-", Rule = WireGroup.Types.Rule.Apart });
        wanted.Desired.Compute.Groups.Add(wanted.Desired.Compute.Groups[1]);

        var refused = (await Refused(site.Client.EnsureAppInstanceAsync(wanted))).ToFailure();

        Assert.Equal(
            ["desired.compute.groups", "desired.compute.groups[0].rule", "desired.compute.groups[1].name", "desired.compute.groups[2].name"], refused.Faults.Select(f => f.Path));
    }

    private static MepmOptions Keeping(MepmOptions options, string zone) => options with
    {
        Hosts = [options.Hosts[0] with { VimZone = zone, VimSettings = new Dictionary<string, string>(Zoned(options.Hosts[0].VimSettings)) { ["Folder"] = Path.Combine(options.DataFolder, "kept") } }],
    };

    private static Dictionary<string, string> Zoned(IReadOnlyDictionary<string, string> settings) => new(settings) { ["Zones:0"] = "north", ["Zones:1"] = "south" };

    private static EnsureAppInstanceRequest Grouped(WireGroup.Types.Rule rule, string id = SiteFixture.Id, string host = "edge-1")
    {
        var wanted = SiteFixture.Wanted(1, id);
        wanted.Desired.HostId = host;
        wanted.Desired.Compute.Groups.Add(new WireGroup { Name = "web", Rule = rule });
        return wanted;
    }

    private static async Task<Compute> Compute(SiteFixture site) =>
        (await site.Mepm.Services.GetRequiredService<MecHosts>().All[0].Vim.GetComputeAsync(SiteFixture.Id, default))!;
}
