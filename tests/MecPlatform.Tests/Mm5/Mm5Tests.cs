using Grpc.Core;
using Mano.Common.V1;
using Mano.Mesh.Failures;
using Failure = Mano.Mesh.Failures.Failure;
using Mano.Platform.V1;

namespace Mano.MecPlatform.Tests.Mm5;

public sealed class Mm5Tests : IAsyncLifetime
{
    private RunningPlatform platform = null!;

    public async Task InitializeAsync() => platform = await RunningPlatform.Start();

    public async Task DisposeAsync() => await platform.DisposeAsync();

    [Fact]
    public async Task The_callers_digest_is_shown_again_and_one_who_gives_none_leaves_another()
    {
        var request = new EnsureApplicationRequest { AppInstanceId = "app-1", Generation = 1, Configuration = RunningPlatform.Configuration(), ConfigurationDigest = "abc" };
        Assert.Equal("abc", (await platform.Mm5.EnsureApplicationAsync(request)).Application.ConfigurationDigest);
        Assert.Equal("abc", (await platform.Run()).ConfigurationDigest);

        // Somebody else configures something else under the same generation, and something of the same content under it.
        Assert.Equal("-", (await platform.Ensure(configuration: RunningPlatform.Configuration("other.example"))).ConfigurationDigest);
        Assert.Equal("abc", (await platform.Mm5.EnsureApplicationAsync(request)).Application.ConfigurationDigest);
        Assert.Equal("-", (await platform.Ensure()).ConfigurationDigest);
        Assert.Equal("-", (await platform.Get()).ConfigurationDigest);
    }

    [Fact]
    public async Task A_configuration_comes_back_as_it_was_given()
    {
        var configuration = RunningPlatform.Configuration();
        var rule = configuration.TrafficRules[0].Clone();
        rule.TrafficRuleId = "t2";
        rule.TrafficFilters.Add(new TrafficFilter
        {
            SrcAddresses = { "10.0.0.0/8" }, DstAddresses = { "2001:db8::/32" }, SrcPorts = { "1-2" }, DstPorts = { "3" }, Protocols = { "17" }, Tags = { "a" },
            Uris = { "b" }, PacketLabels = { "c" }, SrcTunnelAddresses = { "10.0.0.1" }, TgtTunnelAddresses = { "10.0.0.2" }, SrcTunnelPorts = { "4" },
            DstTunnelPorts = { "5" }, Qci = 0, Dscp = 6, TrafficClass = 7,
        });
        rule.DstInterfaces.Add(new InterfaceDescriptor
        {
            InterfaceType = InterfaceDescriptor.Types.InterfaceType.Tunnel,
            TunnelInfo = new() { TunnelType = TunnelInfo.Types.TunnelType.GtpU, TunnelDstAddress = "10.0.0.3", TunnelSrcAddress = "10.0.0.4" },
            SrcMacAddress = "02-00-00-00-00-00", DstMacAddress = "02-00-00-00-00-01", DstIpAddress = "192.0.2.0",
        });
        configuration.TrafficRules.Add(rule);
        var application = await platform.Ensure(configuration: configuration);
        Assert.Equal(configuration.TrafficRules, application.TrafficRules.Select(r => r.Rule));
        Assert.Equal(configuration.DnsRules, application.DnsRules.Select(r => r.Rule));
        Assert.All(application.TrafficRules, r => Assert.Equal(RuleState.Inactive, r.State));
        Assert.Equal(TrafficRuleStatus.Types.Enforcement.Enforced, application.TrafficRules[0].Enforcement);
        Assert.Equal(TrafficRuleStatus.Types.Enforcement.NotEnforced, application.TrafficRules[1].Enforcement);
        Assert.Equal(application, Assert.Single((await platform.Mm5.ListApplicationsAsync(new())).Applications));
    }

    [Fact]
    public async Task Every_fault_of_a_configuration_arrives_with_its_path()
    {
        var configuration = RunningPlatform.Configuration("*.example");
        configuration.TrafficRules[0].TrafficFilters[0].DstAddresses.Add("nowhere");
        var refused = await Refused(StatusCode.InvalidArgument, () => platform.Ensure(configuration: configuration));
        Assert.Equal(["dnsRules[0].domainName", "trafficRules[0].trafficFilter[0].dstAddress[0]"], refused.Faults.Select(f => f.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_was_not_said_is_refused()
    {
        var configuration = RunningPlatform.Configuration();
        configuration.TrafficRules[0].Action = TrafficRule.Types.Action.Unspecified;
        await Refused(StatusCode.InvalidArgument, () => platform.Ensure(configuration: configuration));
        await Refused(StatusCode.InvalidArgument, () => platform.Ensure("bad/id"));
        await Refused(StatusCode.InvalidArgument, () => platform.Ensure(generation: 0));
        await Refused(StatusCode.InvalidArgument, () => platform.Mm5.EnsureApplicationAsync(new() { AppInstanceId = "app-1", Generation = 1 }).ResponseAsync);
        await platform.Ensure();
        await Refused(StatusCode.InvalidArgument, () => platform.Mm5.DrainApplicationAsync(new() { AppInstanceId = "app-1", Generation = 1 }).ResponseAsync);
        await Refused(StatusCode.InvalidArgument, () => platform.Run(address: "somewhere"));
    }

    [Fact]
    public async Task Codes_are_those_of_the_contract()
    {
        await platform.Ensure(generation: 5);
        await Refused(StatusCode.Aborted, () => platform.Ensure(generation: 4));
        await Refused(StatusCode.NotFound, () => platform.Run("nobody"));
        await Refused(StatusCode.NotFound, () => platform.Get("nobody"));
        Assert.Contains("app-1", (await Refused(StatusCode.AlreadyExists, () => platform.Ensure("app-2"))).Message, StringComparison.Ordinal);
        await platform.Drain(TimeSpan.Zero, generation: 6);
        var illegal = await Refused(StatusCode.FailedPrecondition, () => platform.Run(generation: 6));
        Assert.Equal("DRAINED", illegal.CurrentState);
        Assert.Contains("CONFIGURED", illegal.AllowedStates);
        await platform.Mm5.RemoveApplicationIfAnyAsync(new() { AppInstanceId = "app-1", Generation = 7 });
        await platform.Mm5.RemoveApplicationIfAnyAsync(new() { AppInstanceId = "app-1", Generation = 7 });
        await Refused(StatusCode.Aborted, () => platform.Ensure(generation: 6));
    }

    [Fact]
    public async Task The_watch_gives_a_snapshot_then_every_instances_last_state_and_its_removal()
    {
        await platform.Ensure();
        using var watch = platform.Mm5.WatchApplications(new());
        Assert.Equal("app-1", (await Next(watch.ResponseStream)).Changed.AppInstanceId);
        Assert.NotNull((await Next(watch.ResponseStream)).Synced);
        await platform.Run();
        await platform.Mp1.ConfirmReadyAsync(new() { AppInstanceId = "app-1" });
        await Until(watch.ResponseStream, e => e.Changed?.Phase == Application.Types.Phase.Active);
        await platform.Mm5.RemoveApplicationIfAnyAsync(new() { AppInstanceId = "app-1", Generation = 1 });
        await Until(watch.ResponseStream, e => e.RemovedAppInstanceId == "app-1");
    }

    [Fact]
    public async Task A_watcher_that_does_not_read_costs_nothing_and_gets_the_last_state()
    {
        await platform.Ensure();
        using var watch = platform.Mm5.WatchApplications(new());
        Assert.NotNull((await Until(watch.ResponseStream, e => e.Synced is not null)).Synced);
        for (var i = 0; i < 300; i++)
        {
            await platform.Run(incarnation: $"i{i}");
        }

        await platform.Mp1.ConfirmReadyAsync(new() { AppInstanceId = "app-1" });
        await Until(watch.ResponseStream, e => e.Changed?.Phase == Application.Types.Phase.Active);
    }

    [Fact]
    public async Task An_application_may_use_gRPC_for_all_of_it()
    {
        await platform.Ensure();
        await platform.Run();
        await platform.Mp1.ConfirmReadyAsync(new() { AppInstanceId = "app-1" });
        using var told = platform.Mp1.WatchTermination(new() { AppInstanceId = "app-1" });
        await told.ResponseHeadersAsync.Soon();
        Assert.Equal(Application.Types.Phase.Draining, (await platform.Drain(TimeSpan.FromSeconds(30))).Phase);
        var notice = await Next(told.ResponseStream);
        Assert.Equal(OperationAction.Terminating, notice.OperationAction);
        Assert.InRange(notice.MaxGracefulTimeoutSeconds, 1u, 30u); // what is left of it
        await Refused(StatusCode.FailedPrecondition, () => platform.Mp1.ConfirmReadyAsync(new() { AppInstanceId = "app-1" }).ResponseAsync);
        await Refused(StatusCode.FailedPrecondition, () => platform.Mp1.ConfirmTerminationAsync(new() { AppInstanceId = "app-1", OperationAction = OperationAction.Stopping }).ResponseAsync);

        // Whoever opens the stream while the termination is pending is told too.
        using var late = platform.Mp1.WatchTermination(new() { AppInstanceId = "app-1" });
        Assert.Equal(OperationAction.Terminating, (await Next(late.ResponseStream)).OperationAction);
        await platform.Mp1.ConfirmTerminationAsync(new() { AppInstanceId = "app-1", OperationAction = OperationAction.Terminating });
        Assert.Equal(Application.Types.Phase.Drained, (await platform.Get()).Phase);
        var rules = await platform.Mp1.ListRulesAsync(new() { AppInstanceId = "app-1" });
        Assert.Equal(RuleState.Inactive, Assert.Single(rules.TrafficRules).State);
    }

    [Fact]
    public async Task The_platform_tells_where_it_is_reached()
    {
        var told = await platform.Mm5.GetPlatformAsync(new());
        Assert.Equal("edge-1", told.PlatformId);
        Assert.Equal(platform.Http.BaseAddress!.ToString().TrimEnd('/'), told.Mp1Url);
        Assert.Equal(platform.Dns.ToString(), told.DnsAddress);
        Assert.Equal(platform.Gateway.ToString(), told.GatewayAddress);
        Assert.Equal("userspace", told.DataPlane);
    }

    [Fact]
    public async Task Open_streams_do_not_hold_the_stop_up_and_are_told_to_come_again()
    {
        var stopping = await RunningPlatform.Start();
        using var watch = stopping.Mm5.WatchApplications(new());
        Assert.NotNull((await Next(watch.ResponseStream)).Synced);
        var stop = stopping.Stop();
        var refused = await Assert.ThrowsAsync<RpcException>(() => watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        await stop.Soon();
        await stopping.DisposeAsync();
    }

    private static async Task<Failure> Refused(StatusCode code, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(code, refused.StatusCode);
        return refused.ToFailure();
    }

    private static async Task<T> Next<T>(IAsyncStreamReader<T> stream)
    {
        Assert.True(await stream.MoveNext(CancellationToken.None).Soon());
        return stream.Current;
    }

    private static async Task<T> Until<T>(IAsyncStreamReader<T> stream, Func<T, bool> wanted)
    {
        while (true)
        {
            var next = await Next(stream);
            if (wanted(next))
            {
                return next;
            }
        }
    }
}
