using Grpc.Core;
using Mano.Mepm.Hosts;
using Mano.Mepm.Tests.Grpc;
using Mano.Mepm.Vims;
using Mano.Mesh.Failures;
using Mano.Site.V1;
using Mano.Testing;
using Mano.Vim.V1;
using Microsoft.Extensions.DependencyInjection;
using State = Mano.Site.V1.Vim.Types.State;

namespace Mano.Mepm.Tests.Vims;

/// <summary>VIM connections that an operator adds, lists, tests, changes and removes at a whole MEPM over real gRPC.</summary>
public sealed class Named_vims
{
    [Fact]
    public async Task A_VIM_that_is_added_is_listed_and_is_there_after_a_restart_with_no_flag()
    {
        await using var site = await Start();
        var added = await site.Vims.AddVimAsync(ASimulated());

        Assert.NotNull(added.Vim);
        Assert.NotEmpty(added.Checks);
        Assert.All(added.Checks, c => Assert.NotEqual(ConnectionCheck.Types.Result.Failed, c.Result));
        await AddHost(site, "edge-2");
        await site.StopMepm();
        await site.StartMepm(NoHosts);

        var vim = Assert.Single((await site.Vims.ListVimsAsync(new())).Vims);
        Assert.Equal(("central", "Simulated", "edge-2"), (vim.Name, vim.Adapter, vim.HostIds.Single()));
        Assert.Equal(added.Vim.AddedTime, vim.AddedTime);
        await Eventually.Is(async () => (await site.Client.GetSiteAsync(new())).Site.Hosts is [{ HostId: "edge-2", Healthy: true }], "the host is healthy again");
    }

    [Fact]
    public async Task Adding_the_same_again_is_answered_again_and_other_content_is_refused()
    {
        await using var site = await Start();
        await site.Vims.AddVimAsync(ASimulated());
        Assert.NotNull((await site.Vims.AddVimAsync(ASimulated())).Vim);

        var other = ASimulated();
        other.Settings["MilliCpu"] = "1";

        Assert.Equal(StatusCode.AlreadyExists, (await Refused(site.Vims.AddVimAsync(other))).StatusCode);
    }

    [Fact]
    public async Task A_VIM_that_fails_its_test_is_not_added_unless_that_is_wanted()
    {
        await using var site = await Start();
        var request = new AddVimRequest { Name = "far", Adapter = "Remote", Settings = { ["Address"] = "http://127.0.0.1:1" } };

        var refused = await site.Vims.AddVimAsync(request);

        Assert.Null(refused.Vim);
        var failed = Assert.Single(refused.Checks, c => c.Result == ConnectionCheck.Types.Result.Failed);
        Assert.NotEmpty(failed.Remedy);
        Assert.DoesNotContain((await site.Vims.ListVimsAsync(new())).Vims, v => !v.Configured);

        request.SkipTest = true;
        Assert.NotNull((await site.Vims.AddVimAsync(request)).Vim);
    }

    [Fact]
    public async Task A_VIM_that_is_away_when_the_site_starts_keeps_no_other_host_down()
    {
        await using var site = await Start();
        await site.Vims.AddVimAsync(new() { Name = "far", Adapter = "Remote", Settings = { ["Address"] = "http://127.0.0.1:1" }, SkipTest = true });
        await AddHost(site, "edge-far", "far");
        await site.StopMepm();
        await site.StartMepm();

        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1));
        await site.Until(AppInstance.Types.Phase.Steady, 1);
        await Eventually.Is(
            async () => (await site.Vims.ListVimsAsync(new())).Vims.Single(v => v.Name == "far") is { State: State.Unreachable } far && far.Fault.Contains("127.0.0.1:1", StringComparison.Ordinal),
            "it is shown as unreachable, with the reason");
        var host = (await site.Client.GetSiteAsync(new())).Site.Hosts.Single(h => h.HostId == "edge-far");
        Assert.False(host.Healthy);
        Assert.StartsWith("The VIM is away", host.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_that_no_adapter_takes_are_refused_with_those_it_takes()
    {
        await using var site = await Start();

        var refused = await Refused(site.Vims.AddVimAsync(new() { Name = "x", Adapter = "Simulated", Settings = { ["Colour"] = "red" } }));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains("BootTime", refused.ToFailure().Faults.Single().Message, StringComparison.Ordinal);
        var unknown = await Refused(site.Vims.AddVimAsync(new() { Name = "x", Adapter = "Nothing" }));
        Assert.Contains("Simulated", unknown.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_hosts_on_one_VIM_share_one_adapter_and_leave_each_others_computes_alone()
    {
        await using var site = await Start(o => NoHosts(o) with { Orphans = new() { Grace = TimeSpan.Zero }, Loop = new() { Resync = TimeSpan.FromMilliseconds(200) } });
        await site.Vims.AddVimAsync(ASimulated());
        await AddHost(site, "edge-1");
        await AddHost(site, "edge-2");
        var second = SiteFixture.Id[..^1] + "2";
        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1));
        var other = SiteFixture.Wanted(1, second);
        other.Desired.HostId = "edge-2";
        await site.Client.EnsureAppInstanceAsync(other);
        await site.Until(AppInstance.Types.Phase.Steady, 1);
        await site.Until(AppInstance.Types.Phase.Steady, 1, second);

        var hosts = site.Mepm.Services.GetRequiredService<MecHosts>();
        Assert.True(hosts.Find("edge-1")!.SharesVimWith(hosts.Find("edge-2")!));
        Assert.Equal(2, (await hosts.All[0].Vim.ListComputesAsync(default)).Count);
        await Eventually.Is(async () => (await site.Client.ListFindingsAsync(new())).Hosts.Count(h => h.ComparedTime is not null) == 2, "both hosts were compared");
        // A newer intent for the one, while the other looks at its compute too.
        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(2));
        await site.Until(AppInstance.Types.Phase.Steady, 2);
        Assert.DoesNotContain((await site.Client.ListFindingsAsync(new())).Findings, f => f.Subject == Finding.Types.Subject.Compute);
    }

    [Fact]
    public async Task A_VIM_is_not_removed_while_a_host_uses_it_nor_a_host_while_an_instance_is_there()
    {
        await using var site = await Start(NoHosts);
        await site.Vims.AddVimAsync(ASimulated());
        await AddHost(site, "edge-1");
        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1));
        await site.Until(AppInstance.Types.Phase.Steady, 1);

        var vimInUse = await Refused(site.Vims.RemoveVimIfAnyAsync(new() { Name = "central" }));
        Assert.Equal(StatusCode.FailedPrecondition, vimInUse.StatusCode);
        Assert.Contains("edge-1", vimInUse.Status.Detail, StringComparison.Ordinal);
        var hostInUse = await Refused(site.Vims.RemoveHostIfAnyAsync(new() { HostId = "edge-1" }));
        Assert.Contains(SiteFixture.Id, hostInUse.Status.Detail, StringComparison.Ordinal);

        await Eventually.Is(async () => (await site.Client.RemoveAppInstanceIfAnyAsync(new() { AppInstanceId = SiteFixture.Id, Generation = 2 })).Gone, "it is gone");
        await site.Vims.RemoveHostIfAnyAsync(new() { HostId = "edge-1" });
        await site.Vims.RemoveVimIfAnyAsync(new() { Name = "central" });
        Assert.Empty((await site.Vims.ListVimsAsync(new())).Vims);
        Assert.Empty((await site.Vims.ListHostsAsync(new())).Hosts);
        await site.Vims.RemoveVimIfAnyAsync(new() { Name = "central" });
    }

    [Fact]
    public async Task A_changed_VIM_keeps_its_instances_and_is_changed_for_all_its_hosts()
    {
        await using var site = await Start(NoHosts);
        await site.Vims.AddVimAsync(ASimulated());
        await AddHost(site, "edge-1");
        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1));
        await site.Until(AppInstance.Types.Phase.Steady, 1);
        var hosts = site.Mepm.Services.GetRequiredService<MecHosts>();
        var before = await hosts.All[0].Vim.GetComputeAsync(SiteFixture.Id, default);

        Assert.NotNull((await site.Vims.UpdateVimAsync(new() { Name = "central", Settings = { ["MilliCpu"] = "7000" } })).Vim);

        Assert.Equal(7000, (await hosts.All[0].Vim.GetCapacityAsync(default)).Total.MilliCpu);
        Assert.Equal(before!.CreatedAt, (await hosts.All[0].Vim.GetComputeAsync(SiteFixture.Id, default))!.CreatedAt);
        await Eventually.Is(() => hosts.All[0].VimLink.IsUp, "it is watched again");
        Assert.Equal(AppInstance.Types.Phase.Steady, (await site.Get())!.Phase);
    }

    [Fact]
    public async Task A_change_that_makes_no_adapter_changes_nothing()
    {
        await using var site = await Start(NoHosts);
        await site.Vims.AddVimAsync(ASimulated());
        await AddHost(site, "edge-1");

        await Refused(site.Vims.UpdateVimAsync(new() { Name = "central", Settings = { ["AddressRange"] = "nonsense" }, SkipTest = true }));

        var vim = Assert.Single((await site.Vims.ListVimsAsync(new())).Vims);
        Assert.DoesNotContain("AddressRange", vim.Settings.Keys);
        await Eventually.Is(async () => (await site.Vims.ListVimsAsync(new())).Vims[0].State == State.Connected, "it runs as it did");
    }

    [Fact]
    public async Task A_host_of_the_configuration_may_name_a_VIM_that_is_added_later()
    {
        await using var site = await Start(o => o with { Hosts = [o.Hosts[0] with { Vim = "@central", VimSettings = new Dictionary<string, string>() }] });
        Assert.Equal(State.Faulty, Assert.Single((await site.Vims.ListVimsAsync(new())).Vims).State);

        await site.Vims.AddVimAsync(ASimulated());

        await Eventually.Is(async () => (await site.Client.GetSiteAsync(new())).Site.Hosts[0].Healthy, "its host is healthy");
        Assert.Equal(StatusCode.FailedPrecondition, (await Refused(site.Vims.RemoveHostIfAnyAsync(new() { HostId = "edge-1" }))).StatusCode);
    }

    internal static AddVimRequest ASimulated(string name = "central") => new() { Name = name, Adapter = "simulated", Settings = { ["bootTime"] = "00:00:00.05" } };

    internal static MepmOptions NoHosts(MepmOptions options) => options with { Hosts = [] };

    internal static async Task AddHost(SiteFixture site, string id, string vim = "central") =>
        await site.Vims.AddHostAsync(new() { Host = new() { HostId = id, Vim = vim, Zone = "a", Platform = site.PlatformAddress } });

    internal static async Task<RpcException> Refused<T>(AsyncUnaryCall<T> call) => await Assert.ThrowsAsync<RpcException>(async () => await call);

    private static Task<SiteFixture> Start(Func<MepmOptions, MepmOptions>? change = null) => SiteFixture.Start(change: change);
}
