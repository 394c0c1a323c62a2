using System.Text.Json;
using Mano.Testing;
using Mano.Testing.Containers;

namespace Mano.Cli.Tests.Containers;

/// <summary>The life of an application in a container, from its author's folder to nothing left, over every process of ours and a real engine.</summary>
[Trait("Speed", "Slow")]
[Collection(DockerEngine.Name)]
public sealed class ContainerLifeTests(DockerEngine engine)
{
    [EngineFact]
    public async Task A_packed_container_is_onboarded_served_stopped_started_killed_and_terminated_without_a_trace()
    {
        await using var site = await ContainerSite.StartAsync(engine);
        await site.DoneAsync("package", "build", ContainerPackage.Write(site.Folder), "-o", site.Folder.File("counter.csar"));
        await site.DoneAsync("package", "onboard", site.Folder.File("counter.csar"));
        await site.DoneAsync("instance", "create", ContainerPackage.Name, "--name", "one");

        // COMPLETED means ready, and ready is what the application said over Mp1.
        await site.DoneAsync("instance", "instantiate", "one");
        await site.ServesAsync(ContainerPackage.Serves(1));
        Assert.Contains("told", await site.DoneAsync("instance", "log", "one"), StringComparison.Ordinal);

        await site.DoneAsync("instance", "stop", "one", "--graceful", "2s");
        Assert.DoesNotContain("started", await site.FetchAsync(), StringComparison.Ordinal);
        await site.DoneAsync("instance", "start", "one");
        await site.ServesAsync(ContainerPackage.Serves(2));

        // Killed behind our back: started again by its policy, with its disk, and ready again.
        await engine.AskAsync($"containers/{(await OursAsync()).GetProperty("Id").GetString()}/kill", "POST");
        await site.ServesAsync(ContainerPackage.Serves(3));

        // Taken away behind our back, container and all: made again, and its disk is where it was.
        await engine.AskAsync($"containers/{(await OursAsync()).GetProperty("Id").GetString()}?force=1&v=1", "DELETE");
        await site.ServesAsync(ContainerPackage.Serves(4));

        await UsesOfItAreTold(site);
        await ItsProcessesMayDie(site);

        await site.DoneAsync("instance", "terminate", "one");
        await NothingIsLeft();
        Assert.DoesNotContain("started", await site.FetchAsync(), StringComparison.Ordinal);
        await site.DoneAsync("instance", "delete", "one");
        await site.DoneAsync("site", "check");
    }

    private static async Task UsesOfItAreTold(ContainerSite site)
    {
        // A look at it may have been between its start and its first packet.
        await Eventually.Is(
            async () => await site.MetricAsync("mano_mepm_compute_cpu_seconds_total") > 0 && await site.MetricAsync("mano_mepm_compute_sent_bytes_total") > 0, "its CPU time and its traffic are told");
        Assert.True(await site.MetricAsync("mano_mepm_compute_memory_bytes") is > 0 and < 64 << 20, "its memory is told, and within its limit");
    }

    /// <summary>The MEPM and the engine die and come back; the application does not notice, and both find it again.</summary>
    private async Task ItsProcessesMayDie(ContainerSite site)
    {
        site.Mepm.Kill();
        await engine.KillAsync();
        Assert.Equal(ContainerPackage.Serves(4), await site.FetchAsync());
        await engine.StartAsync();
        await site.Mepm.StartAsync();
        await Eventually.Is(async () => (await site.DoneAsync("instance", "show", "one")).Contains("STARTED", StringComparison.Ordinal), "it is known again");
        Assert.Equal(ContainerPackage.Serves(4), await site.FetchAsync());
    }

    private async Task<JsonElement> OursAsync()
    {
        using var all = JsonDocument.Parse(await engine.AskAsync("containers/json?filters={\"label\":[\"mano.vim=fullpath\"]}"));
        return Assert.Single(all.RootElement.EnumerateArray()).Clone();
    }

    private async Task NothingIsLeft()
    {
        Assert.Equal("[]", (await engine.AskAsync("containers/json?all=1&filters={\"label\":[\"mano.vim=fullpath\"]}")).Trim());
        using var volumes = JsonDocument.Parse(await engine.AskAsync("volumes"));
        Assert.Equal(0, volumes.RootElement.GetProperty("Volumes").GetArrayLength());
    }
}
