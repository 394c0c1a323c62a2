using System.Security.Cryptography;
using Grpc.Net.Client;
using Mano.Common.V1;
using Mano.Mepm.Tests.Fakes;
using Mano.Mepm.Tests.Grpc;
using Mano.Mesh.Hosting;
using Mano.Site.V1;
using Mano.Testing;
using Mano.Testing.Containers;

namespace Mano.Mepm.Tests.Crash;

/// <summary>MEPM and MEC platform as the processes they are, a real dockerd, a container image from the package; only the MEO is a fake.</summary>
public sealed class A_site_with_containers(DockerEngine engine) : IClassFixture<DockerEngine>
{
    private const string Id = SiteFixture.Id;

    [EngineFact]
    public async Task Runs_a_packages_container_through_the_deaths_of_MEPM_and_engine_and_ends_it_to_nothing()
    {
        var meo = new FakeMeo();
        await using var meoApp = await meo.Serve();
        using var folder = new TempFolder();
        var (mepmPort, platformPort) = (DaemonProcess.FreePort(), DaemonProcess.FreePort());
        await using var platform = await DaemonProcess.StartAsync("MecPlatform", "--data", folder.File("platform"), "--grpc", $"127.0.0.1:{platformPort}");
        await using var mepm = await DaemonProcess.StartAsync(
            "Mepm", "--site", "site-c", "--data", folder.File("mepm"), "--grpc", $"127.0.0.1:{mepmPort}", "--meo", BoundAddresses.Of(meoApp).Grpc,
            "--host", $"id=edge-1,zone=a,vim=LocalContainers,platform=http://127.0.0.1:{platformPort},vim.Socket={engine.Socket},"
            + "vim.Owner=e2e,vim.AddressRange=10.99.7.0/24,vim.StopGrace=00:00:01,vim.PollInterval=00:00:00.5");
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{mepmPort}");
        var client = new SiteService.SiteServiceClient(channel);

        // 1. The package's container is instantiated: it serves, and its rules are active.
        await client.EnsureAppInstanceAsync(Wanted(meo));
        var steady = await Until(client, AppInstance.Types.Phase.Steady, mepm, platform);
        Assert.Equal(RuleState.Active, Assert.Single(steady.DnsRules).State);
        Assert.StartsWith("10.99.7.", steady.Endpoint.Address, StringComparison.Ordinal);
        await Eventually.Is(async () => await Fetch(steady.Endpoint.Address) == "served by the edge\n", "the application answers");

        // 2. The MEPM dies, and the engine: the application does not notice.
        mepm.Kill();
        await engine.KillAsync();
        await engine.StartAsync();
        await mepm.StartAsync();
        await Until(client, AppInstance.Types.Phase.Steady, mepm, platform);
        Assert.Equal(1, (await client.ReadLogAsync(new() { AppInstanceId = Id })).Lines.Count(l => l.Contains("started " + Id, StringComparison.Ordinal)));
        await Eventually.Is(async () => await Fetch(steady.Endpoint.Address) == "served by the edge\n", "it answers as before");

        // 3. Terminated: nothing is left, at the site and in the engine.
        await Eventually.Is(async () => (await client.RemoveAppInstanceIfAnyAsync(new() { AppInstanceId = Id, Generation = 2 })).Gone, $"gone; log:\n{mepm.Log}");
        Assert.Equal("", await Fetch(steady.Endpoint.Address));
        Assert.Equal("[]", (await Engine("containers/json?all=1")).Trim());
    }

    private static EnsureAppInstanceRequest Wanted(FakeMeo meo)
    {
        var archive = ContainerArchives.Docker("trap 'exit 0' TERM; echo started $MANO_APP_INSTANCE_ID at $MANO_ADDRESS; httpd -f -p 8080 -h /www & wait");
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(archive));
        meo.Artifacts[sha256] = archive;
        var wanted = SiteFixture.Wanted(1, sha256: sha256);
        wanted.Desired.Compute.Images[0].Kind = "container";
        wanted.Desired.Platform = new()
        {
            AppName = "hello",
            DnsRules = { new DnsRule { DnsRuleId = "d1", DomainName = "hello.example.", IpAddressType = DnsRule.Types.IpAddressType.IpV4, IpAddress = "0.0.0.0" } },
        };
        return wanted;
    }

    /// <summary>As a UE in the engine's network would: the engine has a network namespace of its own.</summary>
    private Task<string> Fetch(string address) => engine.InNetworkAsync("curl", "-s", "--max-time", "2", $"http://{address}:8080/");

    private Task<string> Engine(string what) => engine.InNetworkAsync("curl", "-s", "--unix-socket", engine.Socket["unix://".Length..], $"http://engine/v1.41/{what}");

    private static async Task<AppInstance> Until(SiteService.SiteServiceClient client, AppInstance.Types.Phase phase, DaemonProcess mepm, DaemonProcess platform)
    {
        AppInstance? seen = null;
        try
        {
            await Eventually.Is(async () =>
            {
                seen = (await client.GetAppInstanceAsync(new() { AppInstanceId = Id })).AppInstance;
                return seen.Phase == phase && seen.DnsRules.Count == 1;
            }, $"{phase}");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; seen: {seen}\nMEPM:\n{mepm.Log}\nplatform:\n{platform.Log}", e);
        }

        return seen!;
    }
}
