using Mano.Lifecycle.V1;
using Mano.Testing;
using Ended = Mano.Lifecycle.V1.Operation.Types.State;

namespace Mano.Mesh.Tests.Processes;

/// <summary>Any one process may be killed with SIGKILL in the middle of an operation; started again, the operation ends without help.</summary>
[Trait("Speed", "Slow")]
public sealed class KillTests
{
    /// <summary>Slow enough that a kill lands in the middle, whatever the machine does meanwhile.</summary>
    private const string SlowVim = "vim=Simulated,vim.BootTime=00:00:02,vim.DeleteTime=00:00:01";

    public static TheoryData<string> Processes => ["Meo", "Mepm", "MecPlatform"];

    [Theory]
    [MemberData(nameof(Processes))]
    public async Task An_instantiate_survives_the_death_of(string process)
    {
        await using var system = await EdgeSystem.StartAsync(SlowVim);
        var instance = await system.CreateInstanceAsync("probe.json", ProbeApp.Descriptor);
        var operation = (await system.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = instance })).Operation;
        await Allocated(system, instance);

        await KillAndRestart(system, process);

        var ended = await system.EndOf(operation.OperationId);
        Assert.True(ended.State == Ended.Completed, $"{ended}\n{system.Logs}");
        await Clean.IsServing(system, instance);
    }

    [Theory]
    [MemberData(nameof(Processes))]
    public async Task A_terminate_survives_the_death_of(string process)
    {
        await using var system = await EdgeSystem.StartAsync(SlowVim);
        var instance = await system.CreateInstanceAsync("probe.json", ProbeApp.Descriptor);
        var instantiate = (await system.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = instance })).Operation;
        Assert.Equal(Ended.Completed, (await system.EndOf(instantiate.OperationId)).State);

        var terminate = (await system.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = instance })).Operation;
        await KillAndRestart(system, process);

        var ended = await system.EndOf(terminate.OperationId);
        Assert.True(ended.State == Ended.Completed, $"{ended}\n{system.Logs}");
        await Clean.IsGone(system, instance);
    }

    [Fact]
    public async Task A_cancelled_instantiate_leaves_nothing_though_every_process_was_killed_meanwhile()
    {
        await using var system = await EdgeSystem.StartAsync(SlowVim);
        var instance = await system.CreateInstanceAsync("probe.json", ProbeApp.Descriptor);
        var operation = (await system.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = instance })).Operation;
        await Allocated(system, instance);
        await system.Operations.CancelOperationAsync(new() { OperationId = operation.OperationId });

        foreach (var process in new[] { "Mepm", "MecPlatform", "Meo" })
        {
            await KillAndRestart(system, process);
        }

        var ended = await system.EndOf(operation.OperationId);
        Assert.True(ended.State == Ended.Failed, $"{ended}\n{system.Logs}");
        await Clean.IsGone(system, instance);
    }

    private static Task Allocated(EdgeSystem system, string instance) => Eventually.Is(
        async () => (await system.Site.ListAppInstancesAsync(new())).AppInstances
            .Any(a => a.AppInstanceId == instance && a.Conditions.Any(c => c is { Type: "Allocated", Status: Common.V1.Condition.Types.Status.True })),
        "the compute is allocated at the site");

    private static async Task KillAndRestart(EdgeSystem system, string process)
    {
        var victim = process switch { "Meo" => system.Meo, "Mepm" => system.Mepm, _ => system.Platform };
        victim.Kill();
        await victim.StartAsync();
    }
}
