using System.Net;
using Grpc.Net.Client;
using Mano.Common.V1;
using Mano.MecPlatform.Dns;
using Mano.MecPlatform.Tests.Dns;
using Mano.Platform.V1;
using Phase = Mano.Platform.V1.Application.Types.Phase;

namespace Mano.MecPlatform.Tests;

/// <summary>The platform as a process, killed with SIGKILL between the steps of an instance's life.</summary>
public sealed class CrashTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private DaemonProcess process = null!;
    private GrpcChannel? channel;

    public async Task InitializeAsync() => process = await DaemonProcess.StartAsync("MecPlatform", "--data", folder.FullPath);

    public async Task DisposeAsync()
    {
        channel?.Dispose();
        await process.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Killed_after_each_step_it_comes_back_with_the_same_truth_and_no_rule_of_an_instance_that_is_not_ready()
    {
        await Mm5().EnsureApplicationAsync(new() { AppInstanceId = "app-1", Generation = 1, Configuration = RunningPlatform.Configuration() });
        await KillAndStart();
        await AssertIs(Phase.Configured, active: false);

        await Mm5().SetRunningAsync(new() { AppInstanceId = "app-1", Generation = 1, Endpoint = new() { Address = "127.0.7.1" }, Incarnation = "i1" });
        await KillAndStart();
        await AssertIs(Phase.AwaitingReady, active: false);

        await Mp1().ConfirmReadyAsync(new() { AppInstanceId = "app-1" });
        await KillAndStart();
        await AssertIs(Phase.Active, active: true);

        await Mm5().SetRunningAsync(new() { AppInstanceId = "app-1", Generation = 1, Endpoint = new() { Address = "127.0.7.1" }, Incarnation = "i2" });
        await KillAndStart();
        await AssertIs(Phase.AwaitingReady, active: false);

        await Mp1().ConfirmReadyAsync(new() { AppInstanceId = "app-1" });
        using (var told = Mp1().WatchTermination(new() { AppInstanceId = "app-1" }))
        {
            await told.ResponseHeadersAsync.Soon();
            await Mm5().DrainApplicationAsync(Drain(TimeSpan.FromSeconds(15)));
            await Eventually.Is(async () => await told.ResponseStream.MoveNext(CancellationToken.None).Soon());
        }

        await KillAndStart();
        await AssertIs(Phase.Draining, active: true);
        await Eventually.Is(async () => (await Get()).Phase == Phase.Drained);
        await AssertIs(Phase.Drained, active: false);
        await KillAndStart();
        await AssertIs(Phase.Drained, active: false);

        await Mm5().RemoveApplicationIfAnyAsync(new() { AppInstanceId = "app-1", Generation = 2 });
        await KillAndStart();
        Assert.Empty((await Mm5().ListApplicationsAsync(new())).Applications);
        await Assert.ThrowsAsync<Grpc.Core.RpcException>(async () =>
            await Mm5().EnsureApplicationAsync(new() { AppInstanceId = "app-1", Generation = 1, Configuration = RunningPlatform.Configuration() }));
    }

    [Fact]
    public async Task Killed_at_any_moment_of_many_instances_nothing_that_was_acknowledged_is_lost_and_only_the_ready_are_active()
    {
        var acknowledged = new System.Collections.Concurrent.ConcurrentDictionary<string, Phase>();
        var work = Task.WhenAll(Enumerable.Range(0, 4).Select(async lane =>
        {
            try
            {
                for (var i = 0; ; i++)
                {
                    await Live($"app-{lane}-{i}", acknowledged);
                }
            }
            catch (Grpc.Core.RpcException)
            {
                // the process was killed
            }
        }));
        await Eventually.Is(() => acknowledged.Count > 60);
        process.Kill();
        await work.Soon();
        await KillAndStart();

        var after = (await Mm5().ListApplicationsAsync(new())).Applications.ToDictionary(a => a.AppInstanceId);
        foreach (var (id, phase) in acknowledged)
        {
            Assert.True(after[id].Phase >= phase, $"{id} was acknowledged as {phase} and is {after[id].Phase}");
        }

        foreach (var application in after.Values)
        {
            var ready = application.Phase == Phase.Active;
            Assert.Equal(ready, application.TrafficRules[0].State == RuleState.Active);
            Assert.Equal(ready ? 0 : 3, RawDns.CodeOf(await AskName($"{application.AppInstanceId}.example")));
        }
    }

    private async Task Live(string id, System.Collections.Concurrent.ConcurrentDictionary<string, Phase> acknowledged)
    {
        await Mm5().EnsureApplicationAsync(new() { AppInstanceId = id, Generation = 1, Configuration = RunningPlatform.Configuration($"{id}.example") });
        acknowledged[id] = Phase.Configured;
        await Mm5().SetRunningAsync(new() { AppInstanceId = id, Generation = 1, Endpoint = new() { Address = "127.0.7.1" }, Incarnation = "i1" });
        acknowledged[id] = Phase.AwaitingReady;
        await Mp1().ConfirmReadyAsync(new() { AppInstanceId = id });
        acknowledged[id] = Phase.Active;
    }

    private static DrainApplicationRequest Drain(TimeSpan timeout) => new()
    {
        AppInstanceId = "app-1",
        Generation = 2,
        OperationAction = OperationAction.Terminating,
        GracefulTimeout = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(timeout),
    };

    private async Task AssertIs(Phase phase, bool active)
    {
        var application = await Get();
        Assert.Equal(phase, application.Phase);
        var state = active ? RuleState.Active : RuleState.Inactive;
        Assert.Equal((state, state), (application.TrafficRules[0].State, application.DnsRules[0].State));
        Assert.Equal(active ? 0 : 3, RawDns.CodeOf(await AskName("shop.example")));
    }

    private async Task<Application> Get() => (await Mm5().GetApplicationAsync(new() { AppInstanceId = "app-1" })).Application;

    private Task<byte[]> AskName(string name) => RawDns.AskUdp(IPEndPoint.Parse(process.Ready["dns"]), RawDns.Query(1, name, DnsType.A));

    private async Task KillAndStart()
    {
        process.Kill();
        channel?.Dispose();
        channel = null;
        await process.StartAsync();
    }

    private GrpcChannel Channel() => channel ??= GrpcChannel.ForAddress(process.Ready["grpc"]);

    private PlatformService.PlatformServiceClient Mm5() => new(Channel());

    private AppSupportService.AppSupportServiceClient Mp1() => new(Channel());
}
