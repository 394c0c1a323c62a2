using Grpc.Core;
using Mano.Mepm.Hosts;
using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;
using Mano.Site.V1;
using Mano.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Mano.Mepm.Tests.Grpc;

/// <summary>Mm3 over real gRPC.</summary>
public sealed class Site_service
{
    [Fact]
    public async Task An_instance_is_brought_up_and_taken_away_over_gRPC()
    {
        await using var site = await SiteFixture.Start();
        var accepted = await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1));
        Assert.Equal(1, accepted.AppInstance.Generation);
        Assert.NotEqual(1, accepted.AppInstance.ObservedGeneration);

        var steady = await site.Until(AppInstance.Types.Phase.Steady, 1);
        Assert.Equal(["Allocated", "Running", "Configured", "Ready", "RulesActive"], steady.Conditions.Select(c => c.Type));
        Assert.Equal(8080u, steady.Endpoint.Ports.Single().Number);
        Assert.Single(steady.TrafficRules);

        var removal = new RemoveAppInstanceIfAnyRequest { AppInstanceId = SiteFixture.Id, Generation = 2 };
        Assert.False((await site.Client.RemoveAppInstanceIfAnyAsync(removal)).Gone);
        await Eventually.Is(async () => (await site.Client.RemoveAppInstanceIfAnyAsync(removal)).Gone, "it is gone");
        Assert.Null(await site.Get());
        Assert.Null(site.Platform.Held(SiteFixture.Id));
    }

    [Fact]
    public async Task A_bad_request_is_refused_with_all_its_faults()
    {
        await using var site = await SiteFixture.Start();
        var bad = SiteFixture.Wanted(0, id: "no spaces please");
        bad.Desired.PowerState = DesiredAppInstance.Types.PowerState.Unspecified;
        bad.Desired.Compute.Ports[0].Number = 70_000;
        bad.Desired.Compute.Images[0].Sha256 = "abc";
        bad.Desired.Platform = null;

        var refused = await Assert.ThrowsAsync<RpcException>(() => site.Client.EnsureAppInstanceAsync(bad).ResponseAsync);

        var failure = refused.ToFailure();
        Assert.Equal(FailureKind.InvalidInput, failure.Kind);
        Assert.Equal(
            ["desired.app_instance_id", "desired.generation", "desired.power_state", "desired.platform", "desired.compute.ports[0].number", "desired.compute.images[0].sha256"],
            failure.Faults.Select(f => f.Path));
        Assert.Empty((await site.Client.ListAppInstancesAsync(new())).AppInstances);
    }

    [Fact]
    public async Task Every_row_of_the_error_table_has_its_code()
    {
        await using var site = await SiteFixture.Start();
        var elsewhere = SiteFixture.Wanted(1);
        elsewhere.Desired.HostId = "edge-9";
        await Refused(StatusCode.NotFound, site.Client.EnsureAppInstanceAsync(elsewhere));
        await Refused(StatusCode.InvalidArgument, site.Client.EnsureAppInstanceAsync(new()));

        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(5));
        await Refused(StatusCode.Aborted, site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(4)));
        await Refused(StatusCode.Aborted, site.Client.RemoveAppInstanceIfAnyAsync(new() { AppInstanceId = SiteFixture.Id, Generation = 4 }));
        var other = SiteFixture.Wanted(5);
        other.Desired.Compute.Environment["COLOUR"] = "red";
        await Refused(StatusCode.AlreadyExists, site.Client.EnsureAppInstanceAsync(other));
        await Refused(StatusCode.AlreadyExists, site.Client.RemoveAppInstanceIfAnyAsync(new() { AppInstanceId = SiteFixture.Id, Generation = 5 }));
        await Refused(StatusCode.NotFound, site.Client.GetAppInstanceAsync(new() { AppInstanceId = "nobody" }));
        await Refused(StatusCode.InvalidArgument, site.Client.ListAppInstancesAsync(new() { PageSize = 1001 }));
        await Refused(StatusCode.InvalidArgument, site.Client.ReadLogAsync(new() { AppInstanceId = SiteFixture.Id, TailLines = 10_001 }));
    }

    [Fact]
    public async Task The_storage_that_is_asked_for_reaches_the_VIM_and_its_order_of_names_is_kept()
    {
        await using var site = await SiteFixture.Start();
        var wanted = SiteFixture.Wanted(1);
        wanted.Desired.Compute.Volumes.Add(new Volume { Name = "data", SizeGib = 2, Path = "/srv/data" });
        wanted.Desired.Compute.Volumes.Add(new Volume { Name = "cache", SizeGib = 1 });
        await site.Client.EnsureAppInstanceAsync(wanted);
        await site.Until(AppInstance.Types.Phase.Steady, 1);

        var compute = await site.Mepm.Services.GetRequiredService<MecHosts>().All[0].Vim.GetComputeAsync(SiteFixture.Id, default);

        Assert.Equal([new("data", 2, "/srv/data"), new("cache", 1, "")], compute!.Spec.Volumes);
    }

    [Fact]
    public async Task What_an_instance_uses_is_a_metric_while_it_runs_and_none_after_it()
    {
        await using var site = await SiteFixture.Start(change: options => options with { Statistics = new() { Interval = TimeSpan.FromSeconds(1) } });
        const string own = "0197a3f0-0000-7000-8000-00000000feed"; // in /metrics there is every site of this process
        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1, own));
        await site.Until(AppInstance.Types.Phase.Steady, 1, own);
        using var http = new HttpClient { BaseAddress = new(BoundAddresses.Of(site.Mepm).Http) };
        var memory = $"mano_mepm_compute_memory_bytes{{app_instance_id=\"{own}\",host=\"edge-1\"}} {64 << 20}";
        await Eventually.Is(async () => (await http.GetStringAsync("/metrics")).Contains(memory, StringComparison.Ordinal), memory);
        var told = await http.GetStringAsync("/metrics");
        Assert.Contains($"mano_mepm_compute_cpu_seconds_total{{app_instance_id=\"{own}\",host=\"edge-1\"}}", told, StringComparison.Ordinal);
        Assert.DoesNotContain($"mano_mepm_compute_sent_bytes_total{{app_instance_id=\"{own}\"", told, StringComparison.Ordinal);

        await site.Client.RemoveAppInstanceIfAnyAsync(new() { AppInstanceId = own, Generation = 2 });
        await Eventually.Is(async () => !(await http.GetStringAsync("/metrics")).Contains($"mano_mepm_compute_memory_bytes{{app_instance_id=\"{own}\"", StringComparison.Ordinal), "it is told no more");
    }

    [Fact]
    public async Task A_watch_begins_with_a_snapshot_and_goes_on_with_changes()
    {
        await using var site = await SiteFixture.Start();
        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1, "one"));
        await site.Until(AppInstance.Types.Phase.Steady, 1, "one");
        using var watch = site.Client.WatchAppInstances(new());

        Assert.Equal("one", (await Next(watch)).Changed.AppInstanceId);
        Assert.Equal(WatchAppInstancesResponse.EventOneofCase.Synced, (await Next(watch)).EventCase);

        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1, "two"));
        var changed = await Next(watch);
        while (changed.Changed is not { AppInstanceId: "two", Phase: AppInstance.Types.Phase.Steady })
        {
            changed = await Next(watch);
        }

        await site.Client.RemoveAppInstanceIfAnyAsync(new() { AppInstanceId = "one", Generation = 2 });
        while (changed.EventCase != WatchAppInstancesResponse.EventOneofCase.Gone)
        {
            changed = await Next(watch);
        }

        Assert.Equal(("one", 2L), (changed.Gone.AppInstanceId, changed.Gone.Generation));
    }

    [Fact]
    public async Task Lists_are_paged_in_order_of_id()
    {
        await using var site = await SiteFixture.Start();
        foreach (var id in new[] { "c", "a", "b" })
        {
            await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1, id));
        }

        var first = await site.Client.ListAppInstancesAsync(new() { PageSize = 2 });
        var second = await site.Client.ListAppInstancesAsync(new() { PageSize = 2, PageToken = first.NextPageToken });

        Assert.Equal(["a", "b"], first.AppInstances.Select(i => i.AppInstanceId));
        Assert.Equal(["c"], second.AppInstances.Select(i => i.AppInstanceId));
        Assert.Equal("", second.NextPageToken);
    }

    [Fact]
    public async Task A_restarted_MEPM_still_has_its_instances_and_their_conditions()
    {
        await using var site = await SiteFixture.Start();
        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1));
        var before = await site.Until(AppInstance.Types.Phase.Steady, 1);
        var changes = site.Journal.Lines.Count;

        await site.StopMepm();
        await site.StartMepm();

        var after = await site.Until(AppInstance.Types.Phase.Steady, 1);
        Assert.Equal(before.Conditions.Select(c => c.LastTransitionTime), after.Conditions.Select(c => c.LastTransitionTime));
        await Eventually.Is(() => site.Journal.Lines.Count > changes, "the platform is told once more where it runs");
        Assert.Equal(1, site.Journal.Count("Ensure "));
    }

    [Fact]
    public async Task The_site_says_what_it_has()
    {
        await using var site = await SiteFixture.Start();
        await Eventually.Is(async () => (await site.Client.GetSiteAsync(new())).Site.Hosts[0].Healthy, "both links are up");

        var host = (await site.Client.GetSiteAsync(new())).Site.Hosts.Single();

        Assert.Equal(("edge-1", "a", "Simulated", 5_000_000L), (host.HostId, host.Zone, host.VimKind, host.LatencyNs));
        Assert.Contains("reference", host.WorkloadKinds);
        Assert.Equal("http://127.0.0.1:7414", host.Mp1Url);
        Assert.Equal("DNS", host.Features.Single().FeatureName);
        Assert.True(host.Total.MilliCpu > 0);

        site.Platform.GoAway();
        await Eventually.Is(async () => !(await site.Client.GetSiteAsync(new())).Site.Hosts[0].Healthy, "it says that the platform is away");
        Assert.Contains("platform is away", (await site.Client.GetSiteAsync(new())).Site.Hosts[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_of_an_application_is_read_line_by_line()
    {
        await using var site = await SiteFixture.Start();
        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1));
        await site.Until(AppInstance.Types.Phase.Steady, 1);

        var log = await site.Client.ReadLogAsync(new() { AppInstanceId = SiteFixture.Id, TailLines = 1 });

        Assert.Single(log.Lines);
    }

    [Fact]
    public async Task An_instance_whose_host_left_the_configuration_says_so()
    {
        await using var site = await SiteFixture.Start();
        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1));
        await site.Until(AppInstance.Types.Phase.Steady, 1);

        await site.StopMepm();
        await site.StartMepm(o => o with { Hosts = [o.Hosts[0] with { HostId = "edge-2" }] });

        var failed = await site.Until(AppInstance.Types.Phase.Failed, 1);
        Assert.Equal("HOST_NOT_CONFIGURED", failed.Failure.Reason);
        Assert.Contains("edge-2", failed.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_MEPM_on_the_same_folder_is_refused()
    {
        await using var site = await SiteFixture.Start();
        MepmOptions? same = null;
        await site.StopMepm();
        await site.StartMepm(o => same = o);

        var refused = Assert.Throws<FailureException>(() => MepmHost.Build(same!));

        Assert.Equal(Mesh.State.StateFailures.StoreLocked, refused.Failure.Reason);
    }

    private static async Task<WatchAppInstancesResponse> Next(AsyncServerStreamingCall<WatchAppInstancesResponse> watch)
    {
        Assert.True(await watch.ResponseStream.MoveNext(default).Soon());
        return watch.ResponseStream.Current;
    }

    private static async Task Refused<T>(StatusCode code, AsyncUnaryCall<T> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal(code, refused.StatusCode);
        Assert.NotEmpty(refused.ToFailure().Message);
    }
}
