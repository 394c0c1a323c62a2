using System.Collections.Concurrent;
using System.Text.Json.Serialization.Metadata;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Mesh.State.InMemory;
using Mano.Testing;
using Microsoft.Extensions.Logging;

namespace Mano.Sagas.Tests;

/// <summary>An engine on a manual clock, with two operations whose every call can be made to wait or fail.</summary>
internal sealed class Lab : IAsyncDisposable
{
    public const string Tenant = "default";
    public const string Subject = "app-instance/a1";

    private readonly HashSet<int> expectedErrors = [];

    public Lab(Func<ManualClock, IStateStore>? store = null, SagaOptions? options = null)
    {
        Store = store?.Invoke(Clock) ?? new MemoryStateStore(Clock);
        Options = options ?? new SagaOptions { LeaseTime = TimeSpan.FromDays(30) };
        Start = new(World, Hooks);
        Engine = NewEngine();
    }

    public ManualClock Clock { get; } = new();

    public IStateStore Store { get; }

    public SagaOptions Options { get; }

    public EdgeWorld World { get; } = new();

    /// <summary>By call name ("EnsureCompute"): what happens before its effect.</summary>
    public ConcurrentDictionary<string, Func<StepContext<StartApp>, CancellationToken, Task>> Hooks { get; } = new();

    public HookedStart Start { get; }

    public SagaEngine Engine { get; private set; }

    public LogCollector Logs { get; } = new();

    public static async Task<Lab> Started(Func<ManualClock, IStateStore>? store = null, SagaOptions? options = null)
    {
        var lab = new Lab(store, options);
        await lab.Engine.Start();
        return lab;
    }

    public SagaEngine NewEngine(IStateStore? store = null, SagaOptions? options = null, params OperationTable[] tables) => new(
        store ?? Store,
        tables.Length > 0 ? tables : [OperationTable.Of<HookedStart, StartApp>(Start), OperationTable.Of<HookedStop, StartApp>(new(World, Hooks))],
        options ?? Options,
        Clock,
        Logs);

    public async Task Restart()
    {
        await Engine.DisposeAsync();
        Engine = NewEngine();
        await Engine.Start();
    }

    public static NewOperation<StartApp> New(string id, TimeSpan? timeout = null) => new()
    {
        Id = id, Tenant = Tenant, Subject = Subject, Input = new("a1", "north"), Timeout = timeout ?? TimeSpan.FromMinutes(10),
    };

    public Task<Outcome<AcceptedOperation>> Accept(string id, TimeSpan? timeout = null) => Engine.Accept<HookedStart, StartApp>(New(id, timeout));

    public Task<Outcome<AcceptedOperation>> AcceptStop(string id) =>
        Engine.Accept<HookedStop, StartApp>(New(id) with { Preempts = [HookedStart.Name] });

    public async Task<OperationRecord> Record(string id) => (await Engine.Operations.Find(Tenant, id))!.Value;

    public Task Is(string id, OperationState state) => Eventually.Is(async () => (await Record(id)).State == state, $"{id} is {state}");

    public async Task<OperationRecord> Ended(string id) => (await Engine.Operations.Ended(Tenant, id).Soon()).Value;

    /// <summary>Moves over back-offs, one at a time, until the state is reached.</summary>
    public Task Drive(string id, OperationState state, TimeSpan? within = null) => Eventually.Is(
        async () =>
        {
            Clock.AdvanceToNextTimer(within ?? TimeSpan.FromMinutes(1));
            return (await Record(id)).State == state;
        },
        $"{id} is {state}");

    public void ExpectError(int eventId) => expectedErrors.Add(eventId);

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await Store.DisposeAsync();
        Assert.DoesNotContain(Logs.Lines, line => line.Level >= LogLevel.Error && !expectedErrors.Contains(line.EventId));
    }
}

internal sealed record LogLine(LogLevel Level, int EventId, string Text);

internal sealed class LogCollector : ILogger<SagaEngine>
{
    public ConcurrentQueue<LogLine> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue(new(logLevel, eventId.Id, $"{formatter(state, exception)} {exception}"));
}

/// <summary>StartApp, with hooks.</summary>
internal sealed class HookedStart(EdgeWorld world, ConcurrentDictionary<string, Func<StepContext<StartApp>, CancellationToken, Task>> hooks)
    : StartAppOperation(world)
{
    protected override async Task<Outcome<Done>> EnsureGrant(StepContext<StartApp> step, CancellationToken cancel)
    {
        await Hook("EnsureGrant", step, cancel);
        return await base.EnsureGrant(step, cancel);
    }

    protected override async Task GiveBackGrant(StepContext<StartApp> step, CancellationToken cancel)
    {
        await Hook("GiveBackGrant", step, cancel);
        await base.GiveBackGrant(step, cancel);
    }

    protected override async Task<Outcome<Done>> HoldCapacity(StepContext<StartApp> step, CancellationToken cancel)
    {
        await Hook("HoldCapacity", step, cancel);
        return await base.HoldCapacity(step, cancel);
    }

    protected override async Task<Outcome<ComputeRef>> EnsureCompute(StepContext<StartApp> step, CancellationToken cancel)
    {
        await Hook("EnsureCompute", step, cancel);
        return await base.EnsureCompute(step, cancel);
    }

    protected override async Task DeleteComputeIfAny(StepContext<StartApp> step, CancellationToken cancel)
    {
        await Hook("DeleteComputeIfAny", step, cancel);
        await base.DeleteComputeIfAny(step, cancel);
    }

    protected override async Task<Outcome<Done>> ApplyRules(StepContext<StartApp> step, CancellationToken cancel)
    {
        await Hook("ApplyRules", step, cancel);
        return await base.ApplyRules(step, cancel);
    }

    private Task Hook(string call, StepContext<StartApp> step, CancellationToken cancel) =>
        hooks.TryGetValue(call, out var hook) ? hook(step, cancel) : Task.CompletedTask;
}

/// <summary>Takes the application down: two steps that cannot be undone.</summary>
public sealed class HookedStop(EdgeWorld world, ConcurrentDictionary<string, Func<StepContext<StartApp>, CancellationToken, Task>> hooks) : IOperation<StartApp>
{
    public static string Name => "test.stop-app.v1";

    public static JsonTypeInfo<StartApp> InputType => TestJson.Default.StartApp;

    public void Describe(SagaBuilder<StartApp> saga) => saga
        .Final(StepKey.Plain("site"), RemoveFromSite)
        .Final(StepKey.Plain("release"), Release);

    private async Task<Outcome<Done>> RemoveFromSite(StepContext<StartApp> step, CancellationToken cancel)
    {
        await (hooks.TryGetValue("RemoveFromSite", out var hook) ? hook(step, cancel) : Task.CompletedTask);
        world.Do("RemoveFromSite", () => _ = (world.Rules.Remove(step.Input.AppInstanceId), world.Computes.Remove(step.Input.AppInstanceId)));
        return Done.It;
    }

    private Task<Outcome<Done>> Release(StepContext<StartApp> step, CancellationToken cancel)
    {
        world.Do("Release", () => _ = (world.Capacity.Remove(step.Input.AppInstanceId), world.Grants.Remove(step.Input.AppInstanceId)));
        return Task.FromResult<Outcome<Done>>(Done.It);
    }
}
