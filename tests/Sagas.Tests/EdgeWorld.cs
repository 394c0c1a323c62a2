using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Testing.Operations;

namespace Mano.Sagas.Tests;

public sealed record StartApp(string AppInstanceId, string Zone);

public sealed record HostChoice(string Host);

public sealed record ComputeRef(string ComputeId, string Address);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StartApp))]
[JsonSerializable(typeof(HostChoice))]
[JsonSerializable(typeof(ComputeRef))]
[JsonSerializable(typeof(string))]
internal sealed partial class TestJson : JsonSerializerContext;

/// <summary>Everything outside the orchestrator that an operation leaves traces in; keyed like the real ones.</summary>
public sealed class EdgeWorld
{
    private readonly Lock gate = new();
    private readonly List<string> calls = [];

    public HashSet<string> Grants { get; } = [];

    public Dictionary<string, string> Capacity { get; } = [];

    public HashSet<string> Computes { get; } = [];

    public HashSet<string> Rules { get; } = [];

    /// <summary>What was called, in order.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (gate)
            {
                return [.. calls];
            }
        }
    }

    public void ForgetCalls()
    {
        lock (gate)
        {
            calls.Clear();
        }
    }

    public void Do(string call, Action change)
    {
        lock (gate)
        {
            calls.Add(call);
            change();
        }
    }

    public IReadOnlyList<Question> CleanSlate(string appInstanceId) =>
    [
        new("NoGrantOpen", () => Grants.Count == 0),
        new("NoCapacityHeldBy", () => !Capacity.ContainsKey(appInstanceId)),
        new("NoComputeFor", () => Computes.Count == 0),
        new("NoRulesFor", () => !Rules.Contains(appInstanceId)),
    ];

    public IReadOnlyList<Question> AllThere(string appInstanceId) =>
    [
        new("OneGrantOpen", () => Grants.SetEquals([appInstanceId])),
        new("CapacityHeldBy", () => Capacity.ContainsKey(appInstanceId)),
        new("OneComputeFor", () => Computes.SetEquals([appInstanceId])),
        new("RulesFor", () => Rules.Contains(appInstanceId)),
    ];
}

/// <summary>Starts an application: a decision and four effects.</summary>
public class StartAppOperation(EdgeWorld world) : IOperation<StartApp>
{
    internal static readonly StepKey<HostChoice> Placed = new("placement", TestJson.Default.HostChoice);
    internal static readonly StepKey<Done> Granted = StepKey.Plain("grant");
    internal static readonly StepKey<Done> Held = StepKey.Plain("capacity");
    internal static readonly StepKey<ComputeRef> Booted = new("compute", TestJson.Default.ComputeRef);
    internal static readonly StepKey<Done> Routed = StepKey.Plain("rules");

    public static string Name => "test.start-app.v1";

    public static JsonTypeInfo<StartApp> InputType => TestJson.Default.StartApp;

    protected EdgeWorld World => world;

    public void Describe(SagaBuilder<StartApp> saga) => saga
        .Effect(Granted, EnsureGrant, undo: GiveBackGrant)
        .Decide(Placed, PlaceInZone)
        .Effect(Held, HoldCapacity, undo: ReleaseCapacity)
        .Effect(Booted, EnsureCompute, undo: DeleteComputeIfAny)
        .Effect(Routed, ApplyRules, undo: RemoveRulesIfAny);

    protected virtual Outcome<HostChoice> PlaceInZone(StepContext<StartApp> step) => new HostChoice($"host-of-{step.Input.Zone}");

    protected virtual Task<Outcome<Done>> EnsureGrant(StepContext<StartApp> step, CancellationToken cancel) =>
        Did("EnsureGrant", () => world.Grants.Add(step.Input.AppInstanceId));

    protected virtual Task GiveBackGrant(StepContext<StartApp> step, CancellationToken cancel) =>
        Did("GiveBackGrant", () => world.Grants.Remove(step.Input.AppInstanceId));

    protected virtual Task<Outcome<Done>> HoldCapacity(StepContext<StartApp> step, CancellationToken cancel) =>
        Did("HoldCapacity", () => world.Capacity[step.Input.AppInstanceId] = step.Output(Placed).Host);

    protected virtual Task ReleaseCapacity(StepContext<StartApp> step, CancellationToken cancel) =>
        Did("ReleaseCapacity", () => world.Capacity.Remove(step.Input.AppInstanceId));

    protected virtual async Task<Outcome<ComputeRef>> EnsureCompute(StepContext<StartApp> step, CancellationToken cancel)
    {
        await Did("EnsureCompute", () => world.Computes.Add(step.Input.AppInstanceId));
        return new ComputeRef(step.Input.AppInstanceId, "127.1.2.3");
    }

    protected virtual Task DeleteComputeIfAny(StepContext<StartApp> step, CancellationToken cancel) =>
        Did("DeleteComputeIfAny", () => world.Computes.Remove(step.Input.AppInstanceId));

    protected virtual Task<Outcome<Done>> ApplyRules(StepContext<StartApp> step, CancellationToken cancel) =>
        Did("ApplyRules", () => world.Rules.Add(step.Output(Booted).ComputeId));

    protected virtual Task RemoveRulesIfAny(StepContext<StartApp> step, CancellationToken cancel) =>
        Did("RemoveRulesIfAny", () => world.Rules.Remove(step.Input.AppInstanceId));

    protected async Task<Outcome<Done>> Did(string call, Action change)
    {
        await Task.Yield();
        world.Do(call, change);
        return Done.It;
    }
}

public sealed class StartAppContract : OperationContract<StartAppOperation, StartApp>
{
    protected override Task<OperationWorld<StartAppOperation, StartApp>> NewWorld(IStateStore store, Mano.Testing.ManualClock clock)
    {
        var world = new EdgeWorld();
        return Task.FromResult(new OperationWorld<StartAppOperation, StartApp>
        {
            Operation = new(world),
            Input = new("a1", "north"),
            CleanSlate = world.CleanSlate("a1"),
            Done = world.AllThere("a1"),
        });
    }
}
