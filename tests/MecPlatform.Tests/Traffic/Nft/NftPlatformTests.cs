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
}
