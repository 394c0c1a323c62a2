using Mano.Cli.Connection;
using Mano.Cli.Up;
using Mano.Testing;
using Microsoft.Extensions.Logging;

namespace Mano.Cli.Tests;

/// <summary>A whole system in this process, with both samples onboarded, shared by the tests of a class.</summary>
public sealed class RunningAllInOne : IAsyncLifetime
{
    private AllInOne system = null!;

    public TempFolder Folder { get; } = new();

    internal RunningSystem Addresses => system.Addresses;

    public async Task InitializeAsync()
    {
        system = await AllInOne.StartAsync(
            new AllInOneOptions { Data = Folder.File("state"), Ports = PortPlan.From(0), LogLevel = LogLevel.None }, TimeProvider.System, CancellationToken.None);
        foreach (var sample in new[] { "hello-edge", "quiet-echo" })
        {
            await Done("package", "build", Path.Combine(Repository.Folder, "samples", sample, "package"), "-o", $"{sample}.csar");
            await Done("package", "onboard", $"{sample}.csar");
        }
    }

    /// <summary>A verb against this system.</summary>
    internal Task<CommandRun> Mano(params string[] arguments) => CommandRun.Of(arguments, Folder.FullPath, system.Addresses.Meo.Grpc);

    /// <summary>The same, which must succeed.</summary>
    internal async Task<CommandRun> Done(params string[] arguments)
    {
        var run = await Mano(arguments);
        Assert.True(run.Code == 0, $"mano {string.Join(' ', arguments)}: {run}");
        return run;
    }

    public async Task DisposeAsync()
    {
        await system.DisposeAsync();
        Folder.Dispose();
    }
}
