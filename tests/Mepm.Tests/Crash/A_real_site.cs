using System.Security.Cryptography;
using System.Text;
using global::Grpc.Core;
using global::Grpc.Net.Client;
using Mano.Common.V1;
using Mano.Mepm.Tests.Fakes;
using Mano.Mepm.Tests.Grpc;
using Mano.Mesh.Hosting;
using Mano.Site.V1;
using Mano.Testing;

namespace Mano.Mepm.Tests.Crash;

/// <summary>MEPM, MEC platform and application as the processes they are; only the MEO is a fake.</summary>
public sealed class A_real_site
{
    private const string Id = SiteFixture.Id;

    [Fact]
    public async Task Outlives_the_death_of_each_of_its_processes()
    {
        var meo = new FakeMeo();
        await using var meoApp = await meo.Serve();
        using var folder = new TempFolder();
        var (mepmPort, platformPort) = (DaemonProcess.FreePort(), DaemonProcess.FreePort());
        await using var platform = await DaemonProcess.StartAsync(
            "MecPlatform", "--data", folder.File("platform"), "--grpc", $"127.0.0.1:{platformPort}");
        await using var mepm = await DaemonProcess.StartAsync(
            "Mepm", "--site", "site-r", "--data", folder.File("mepm"), "--grpc", $"127.0.0.1:{mepmPort}", "--meo", BoundAddresses.Of(meoApp).Grpc,
            "--host", $"id=edge-1,zone=a,vim=LocalProcess,platform=http://127.0.0.1:{platformPort},vim.AddressRange=127.91.0.0/24,vim.BackOff=00:00:00.1");
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{mepmPort}");
        var client = new SiteService.SiteServiceClient(channel);

        await client.EnsureAppInstanceAsync(Wanted(meo));
        await using var cleanUp = new CleanUp(client);
        var steady = await Until(client, AppInstance.Types.Phase.Steady, mepm, platform);
        Assert.Equal(RuleState.Active, Assert.Single(steady.DnsRules).State);
        Assert.StartsWith("127.91.0.", steady.Endpoint.Address, StringComparison.Ordinal);

        await Eventually.Is(async () => await Starts(client) == 1, "the application's first words are in its log");

        // 1. The MEPM dies: the application does not notice, and is found again.
        mepm.Kill();
        await mepm.StartAsync();
        await Until(client, AppInstance.Types.Phase.Steady, mepm, platform);
        Assert.Equal(1, await Starts(client));

        // 2. The platform dies: it is told again, and serves again.
        platform.Kill();
        await Eventually.Is(async () => (await Get(client)).Phase == AppInstance.Types.Phase.Degraded, "its loss is seen");
        await platform.StartAsync();
        await Until(client, AppInstance.Types.Phase.Steady, mepm, platform);
        Assert.Equal(1, await Starts(client));

        // 3. Both die in the middle of the termination.
        await client.RemoveAppInstanceIfAnyAsync(new() { AppInstanceId = Id, Generation = 2 });
        mepm.Kill();
        platform.Kill();
        await Task.WhenAll(mepm.StartAsync(), platform.StartAsync());
        await Eventually.Is(async () => (await client.RemoveAppInstanceIfAnyAsync(new() { AppInstanceId = Id, Generation = 2 })).Gone, $"gone; log:\n{mepm.Log}");
    }

    private static EnsureAppInstanceRequest Wanted(FakeMeo meo)
    {
        var script = Encoding.UTF8.GetBytes("#!/bin/sh\necho started $MANO_APP_INSTANCE_ID at $MANO_ADDRESS\nexec sleep 600\n");
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(script));
        meo.Artifacts[sha256] = script;
        var wanted = SiteFixture.Wanted(1, sha256: sha256);
        wanted.Desired.Platform = new()
        {
            AppName = "hello",
            DnsRules = { new DnsRule { DnsRuleId = "d1", DomainName = "hello.example.", IpAddressType = DnsRule.Types.IpAddressType.IpV4, IpAddress = "0.0.0.0" } },
        };
        return wanted;
    }

    private static async Task<int> Starts(SiteService.SiteServiceClient client) =>
        (await client.ReadLogAsync(new() { AppInstanceId = Id })).Lines.Count(l => l.Contains("started " + Id, StringComparison.Ordinal));

    private static async Task<AppInstance> Get(SiteService.SiteServiceClient client) =>
        (await client.GetAppInstanceAsync(new() { AppInstanceId = Id })).AppInstance;

    private static async Task<AppInstance> Until(SiteService.SiteServiceClient client, AppInstance.Types.Phase phase, DaemonProcess mepm, DaemonProcess platform)
    {
        AppInstance? seen = null;
        try
        {
            // The rules prove that the platform, too, is up: a status from before its death would say STEADY as well.
            await Eventually.Is(async () => (seen = await Get(client)) is var got && got.Phase == phase && got.DnsRules.Count == 1, $"{phase}");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; seen: {seen}\nMEPM:\n{mepm.Log}\nplatform:\n{platform.Log}", e);
        }

        return seen!;
    }

    /// <summary>A test that fails leaves no process behind either.</summary>
    private sealed class CleanUp(SiteService.SiteServiceClient client) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                await Eventually.Is(async () => (await client.RemoveAppInstanceIfAnyAsync(new() { AppInstanceId = Id, Generation = 99 })).Gone, "it is gone");
            }
            catch (Exception e) when (e is RpcException or TimeoutException)
            {
                // The test has failed already, and says why.
            }
        }
    }
}
