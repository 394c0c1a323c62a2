using System.Collections.Concurrent;
using Mano.Mesh.State;
using Mano.Testing;
using Mano.Testing.Operations;

namespace Mano.Sagas.Tests;

/// <summary>The contract of an operation that cannot be undone: whatever happens, it ends completed.</summary>
public sealed class StopAppContract : OperationContract<HookedStop, StartApp>
{
    protected override Task<OperationWorld<HookedStop, StartApp>> NewWorld(IStateStore store, ManualClock clock)
    {
        var world = new EdgeWorld();
        _ = (world.Grants.Add("a1"), world.Capacity["a1"] = "host1", world.Computes.Add("a1"), world.Rules.Add("a1"));
        return Task.FromResult(new OperationWorld<HookedStop, StartApp>
        {
            Operation = new(world, new ConcurrentDictionary<string, Func<StepContext<StartApp>, CancellationToken, Task>>()),
            Input = new("a1", "north"),
            CleanSlate = [new Question("NeverUndone", () => false)],
            Done = world.CleanSlate("a1"),
        });
    }
}
