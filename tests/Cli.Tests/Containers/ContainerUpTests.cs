using System.Text.Json;
using Mano.Testing;
using Mano.Testing.Containers;

namespace Mano.Cli.Tests.Containers;

/// <summary><c>mano up --vim local-containers</c>, as a person tries it.</summary>
[Trait("Speed", "Slow")]
[Collection(DockerEngine.Name)]
public sealed class ContainerUpTests(DockerEngine engine)
{
    [EngineFact]
    public async Task Its_containers_go_on_when_it_ends_and_are_found_again_by_the_next_one()
    {
        using var folder = new TempFolder();
        string address;
        await using (var up = Up(folder))
        {
            await up.WaitFor("ready in");
            await DoneAsync(folder, "package", "build", ContainerPackage.Write(folder), "-o", folder.File("counter.csar"));
            await DoneAsync(folder, "package", "onboard", folder.File("counter.csar"));
            await DoneAsync(folder, "instance", "create", ContainerPackage.Name, "--name", "one");
            await DoneAsync(folder, "instance", "instantiate", "one");
            address = Assert.Single(await AddressesAsync());
            await Eventually.Is(async () => await FetchAsync(address) == ContainerPackage.Serves(1), "it serves");
            up.Interrupt();
            Assert.Equal(0, await up.WaitForExit());
            Assert.Contains("Containers go on", up.Out, StringComparison.Ordinal);
        }

        Assert.Equal(ContainerPackage.Serves(1), await FetchAsync(address));
        await using var again = Up(folder);
        await again.WaitFor("ready in");
        Assert.Contains("STARTED", await DoneAsync(folder, "instance", "show", "one"), StringComparison.Ordinal);
        Assert.Equal(ContainerPackage.Serves(1), await FetchAsync(address));
        await DoneAsync(folder, "instance", "terminate", "one");
        Assert.Empty(await AddressesAsync());
        again.Interrupt();
        Assert.Equal(0, await again.WaitForExit());
    }

    private ManoProcess Up(TempFolder folder) => ManoProcess.StartIn(
        [.. engine.InNetwork, "dotnet"], folder, "up", "--port", "0", "--vim", "local-containers", "--engine", engine.Socket, "--data", folder.File("state"));

    private async Task<string> DoneAsync(TempFolder folder, params string[] arguments)
    {
        var run = await ManoProcess.RunIn([.. engine.InNetwork, "dotnet"], folder, arguments);
        Assert.True(run.Code == 0, $"mano {string.Join(' ', arguments)}: {run}");
        return run.Out;
    }

    private Task<string> FetchAsync(string address) => engine.InNetworkAsync("curl", "-s", "--max-time", "5", $"http://{address}:{ContainerPackage.Port}/");

    /// <summary>The addresses of the containers that are there, by their labels.</summary>
    private async Task<IReadOnlyList<string>> AddressesAsync()
    {
        using var all = JsonDocument.Parse(await engine.AskAsync("containers/json?all=1&filters={\"label\":[\"mano.vim\"]}"));
        return [.. all.RootElement.EnumerateArray().Select(c => c.GetProperty("Labels").GetProperty("mano.address").GetString()!)];
    }
}
