using Grpc.Net.Client;
using Mano.Common.V1;
using Mano.Platform.V1;
using Mano.Testing;

namespace Mano.MecPlatform.Tests.Traffic.Nft;

/// <summary>The whole platform program with the kernel as its data plane.</summary>
public sealed class NftPlatformTests
{
    [EdgeNetworkFact]
    public async Task Rules_of_a_ready_application_reach_the_kernel_and_stay_there_when_the_platform_is_killed()
    {
        using var network = new EdgeNetwork();
        using var folder = new TempFolder();
        using var cloud = network.Serve("net", System.Net.IPAddress.Parse(EdgeNetwork.Cloud), 80, "cloud");
        using var edge = network.Serve("app", System.Net.IPAddress.Parse(EdgeNetwork.App), 80, "edge");
        await using var platform = await DaemonProcess.StartAsync("MecPlatform", "--data", folder.File("p"), "--data-plane", "nft", "--gateway-netns", network.Gateway);
        const string instance = "0b0d3c0a-5a5b-4c7e-9a51-000000000009";
        var configuration = RunningPlatform.Configuration(mp1: false);
        configuration.TrafficRules[0].TrafficFilters[0].DstAddresses.Add(EdgeNetwork.Cloud);
        using (var channel = GrpcChannel.ForAddress(platform.Ready["grpc"]))
        {
            var mm5 = new PlatformService.PlatformServiceClient(channel);
            await mm5.EnsureApplicationAsync(new() { AppInstanceId = instance, Generation = 1, Configuration = configuration });
            Assert.Equal("cloud", await network.Ask(EdgeNetwork.Cloud));
            await mm5.SetRunningAsync(new() { AppInstanceId = instance, Generation = 1, Endpoint = new() { Address = EdgeNetwork.App }, Incarnation = "i1" });
            await Eventually.Is(async () => await network.Ask(EdgeNetwork.Cloud) == "edge", "the edge answers");
        }

        platform.Kill();
        Assert.Equal("edge", await network.Ask(EdgeNetwork.Cloud));
        await platform.StartAsync();
        Assert.Equal("edge", await network.Ask(EdgeNetwork.Cloud));
        using var again = GrpcChannel.ForAddress(platform.Ready["grpc"]);
        var client = new PlatformService.PlatformServiceClient(again);
        var drained = await client.DrainApplicationAsync(new()
        {
            AppInstanceId = instance, Generation = 2, OperationAction = OperationAction.Terminating, GracefulTimeout = new(),
        });
        Assert.Equal(RuleState.Inactive, drained.Application.TrafficRules[0].State);
        Assert.Equal("cloud", await network.Ask(EdgeNetwork.Cloud));
    }

    [EdgeNetworkFact]
    public async Task A_TCP_flow_lives_through_a_kill_and_a_stop_of_the_platform_and_goes_on_in_between()
    {
        using var network = new EdgeNetwork();
        using var folder = new TempFolder();
        using var cloud = network.Serve("net", System.Net.IPAddress.Parse(EdgeNetwork.Cloud), 80, "cloud");
        using var edge = network.Serve("app", System.Net.IPAddress.Parse(EdgeNetwork.App), 80, "edge");
        await using var platform = await DaemonProcess.StartAsync("MecPlatform", "--data", folder.File("p"), "--data-plane", "nft", "--gateway-netns", network.Gateway);
        await Steer(platform);
        await Eventually.Is(async () => await network.Ask(EdgeNetwork.Cloud) == "edge", "the edge answers");
        using var flow = await network.Connect("ue", EdgeNetwork.Cloud, 80, Eventually.Patience);
        var talked = 0;
        foreach (var end in new Func<Task>[] { () => Task.Run(platform.Kill), platform.StopAsync })
        {
            await Talk();
            var ended = end();
            while (!ended.IsCompleted)
            {
                await Talk();
            }

            await ended;
            await Talk();
            var started = platform.StartAsync();
            while (!started.IsCompleted)
            {
                await Talk();
            }

            await started;
            await Talk();
        }

        Assert.True(talked > 8, $"{talked} answers");
        Assert.Equal(1, edge.Connections - 1); // this flow and the one that was asked with before: it was never made anew

        async Task Talk()
        {
            Assert.Equal("edge", await GatewayTest.Say(flow, 30));
            talked++;
        }
    }

    [EdgeNetworkFact]
    public async Task What_somebody_flushes_comes_back_by_itself_and_with_the_next_change()
    {
        using var network = new EdgeNetwork();
        using var folder = new TempFolder();
        using var edge = network.Serve("app", System.Net.IPAddress.Parse(EdgeNetwork.App), 80, "edge");
        using var cloud = network.Serve("net", System.Net.IPAddress.Parse(EdgeNetwork.Cloud), 80, "cloud");
        await using var platform = await DaemonProcess.StartAsync("MecPlatform", "--data", folder.File("p"), "--data-plane", "nft", "--gateway-netns", network.Gateway);
        await Steer(platform);
        await Eventually.Is(async () => await network.Ask(EdgeNetwork.Cloud) == "edge", "the edge answers");
        var commands = new Mano.MecPlatform.Traffic.Nft.NftCommands(new(network.Gateway));
        await Signal(platform, "-STOP"); // it must not mend before this was seen
        commands.Apply("flush ruleset");
        Assert.Equal("cloud", await network.Ask(EdgeNetwork.Cloud));
        await Signal(platform, "-CONT");
        await Eventually.Is(async () => await network.Ask(EdgeNetwork.Cloud) == "edge", "the edge answers again");
        await Eventually.Is(() => platform.Log.Contains("written anew", StringComparison.Ordinal), "it says so");

        commands.Apply("flush ruleset");
        await Steer(platform, "0b0d3c0a-5a5b-4c7e-9a51-00000000000a", EdgeNetwork.OtherCloud);
        Assert.Equal("edge", await network.Ask(EdgeNetwork.Cloud));
    }

    private static async Task Signal(DaemonProcess platform, string signal)
    {
        await using var kill = ChildProcess.Start("/bin/kill", [signal, $"{platform.Pid}"]);
        Assert.Equal(0, await kill.WaitForExit());
    }

    private static async Task Steer(DaemonProcess platform, string instance = "0b0d3c0a-5a5b-4c7e-9a51-000000000009", string from = EdgeNetwork.Cloud)
    {
        var configuration = RunningPlatform.Configuration(domain: from + ".example", mp1: false);
        configuration.TrafficRules[0].TrafficFilters[0].DstAddresses.Add(from);
        using var channel = GrpcChannel.ForAddress(platform.Ready["grpc"]);
        var mm5 = new PlatformService.PlatformServiceClient(channel);
        await mm5.EnsureApplicationAsync(new() { AppInstanceId = instance, Generation = 1, Configuration = configuration });
        await mm5.SetRunningAsync(new() { AppInstanceId = instance, Generation = 1, Endpoint = new() { Address = EdgeNetwork.App }, Incarnation = "i1" });
        await Eventually.Is(async () => (await mm5.GetApplicationAsync(new() { AppInstanceId = instance })).Application.TrafficRules[0].State == RuleState.Active, "the rule acts");
    }
}
