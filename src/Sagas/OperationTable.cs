using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Mano.Mesh.Failures;
using Mano.Mesh.State;

namespace Mano.Sagas;

/// <summary>An operation's table, ready to run. One per kind of operation and process.</summary>
public abstract class OperationTable
{
    private protected OperationTable(string name, ImmutableArray<StepShape> steps) => (Name, Steps) = (name, steps);

    public string Name { get; }

    /// <summary>The steps in order.</summary>
    public ImmutableArray<StepShape> Steps { get; }

    internal abstract object ReadInput(OperationRecord record);

    internal abstract StepContext Context(OperationRecord record, object input, int attempt, ShardFence? fence, Action<string, int?>? report);

    internal abstract Outcome<RawJson> Decide(int step, StepContext context);

    internal abstract Task<Outcome<RawJson>> Do(int step, StepContext context, CancellationToken cancel);

    internal abstract Task Undo(int step, StepContext context, CancellationToken cancel);

    /// <summary>Whether a stored operation was accepted by this very table.</summary>
    internal bool Fits(OperationRecord record) =>
        record.Steps.Length == Steps.Length && record.Steps.Zip(Steps).All(pair => pair.First.Key == pair.Second.Key);

    /// <summary>Makes the table of an operation.</summary>
    public static OperationTable Of<TOperation, TInput>(TOperation operation)
        where TOperation : IOperation<TInput>
    {
        var saga = new SagaBuilder<TInput>();
        operation.Describe(saga);
        return saga.Steps.Count > 0
            ? new Typed<TInput>(TOperation.Name, TOperation.InputType, saga.Steps)
            : throw new ArgumentException($"Operation {TOperation.Name} describes no step.");
    }

    private sealed class Typed<TInput>(string name, JsonTypeInfo<TInput> inputType, IReadOnlyList<Step<TInput>> steps)
        : OperationTable(name, [.. steps.Select(step => new StepShape(step.Key, step.Kind))])
    {
        internal override object ReadInput(OperationRecord record) => record.Input.Read(inputType)!;

        internal override StepContext Context(OperationRecord record, object input, int attempt, ShardFence? fence, Action<string, int?>? report) =>
            new StepContext<TInput>(record, (TInput)input, attempt, fence, report);

        internal override Outcome<RawJson> Decide(int step, StepContext context) => steps[step].Decide!((StepContext<TInput>)context);

        internal override Task<Outcome<RawJson>> Do(int step, StepContext context, CancellationToken cancel) =>
            steps[step].Do!((StepContext<TInput>)context, cancel);

        internal override Task Undo(int step, StepContext context, CancellationToken cancel) =>
            steps[step].Undo!((StepContext<TInput>)context, cancel);
    }
}

/// <summary>A line of the table, without its code.</summary>
public readonly record struct StepShape(string Key, StepKind Kind);
