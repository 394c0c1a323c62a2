using Mano.Mesh.Failures;

namespace Mano.Sagas;

/// <summary>Does a step. Must be keyed: run again, it gives the same result. Must honour the token.</summary>
public delegate Task<Outcome<T>> StepEffect<TInput, T>(StepContext<TInput> step, CancellationToken cancel);

/// <summary>
/// Undoes a step that may or may not have had its effect, by ids that the caller chose (input, or the output of a decision),
/// never from the step's own output. Undoing nothing is fine. Failing is throwing.
/// </summary>
public delegate Task StepUndo<TInput>(StepContext<TInput> step, CancellationToken cancel);

/// <summary>Decides something, purely: no clock, no storage, no network. May be run again with the same result.</summary>
public delegate Outcome<T> StepDecision<TInput, T>(StepContext<TInput> step);

/// <summary>The table of an operation, line by line.</summary>
public sealed class SagaBuilder<TInput>
{
    private readonly List<Step<TInput>> steps = [];

    internal IReadOnlyList<Step<TInput>> Steps => steps;

    /// <summary>A pure step. Its output is stored with the start of the next effect.</summary>
    public SagaBuilder<TInput> Decide<T>(StepKey<T> key, StepDecision<TInput, T> decide) => Add(new()
    {
        Key = key.Name,
        Kind = StepKind.Decision,
        Decide = step => decide(step).Then<RawJson>(output => RawJson.Of(output, key.Type)),
    });

    /// <summary>
    /// An effect that the accepting commit has had (<see cref="NewOperation{TInput}.Together"/>): there is nothing left to do, and it stands
    /// in the table so that it is undone.
    /// </summary>
    public SagaBuilder<TInput> Accepted(StepKey<Done> key, StepUndo<TInput> undo) => Add(new()
    {
        Key = key.Name,
        Kind = StepKind.Accepted,
        Decide = _ => RawJson.Of(Done.It, key.Type),
        Do = (_, _) => Task.FromResult<Outcome<RawJson>>(RawJson.Of(Done.It, key.Type)),
        Undo = undo,
    });

    /// <summary>A step with an effect on the world, and its undo, which runs for every step that *started*.</summary>
    public SagaBuilder<TInput> Effect<T>(StepKey<T> key, StepEffect<TInput, T> @do, StepUndo<TInput> undo) => Add(new()
    {
        Key = key.Name,
        Kind = StepKind.Effect,
        Do = (step, cancel) => Serialized(@do(step, cancel), key),
        Undo = undo,
    });

    /// <summary>
    /// A step that cannot be undone: taking something down. Once it has started the operation only goes forward; where others
    /// would be unwound, it ends in NeedsAttention, and a person retries it. Every later step must be final too.
    /// </summary>
    public SagaBuilder<TInput> Final<T>(StepKey<T> key, StepEffect<TInput, T> @do) => Add(new()
    {
        Key = key.Name,
        Kind = StepKind.Final,
        Do = (step, cancel) => Serialized(@do(step, cancel), key),
    });

    private static async Task<Outcome<RawJson>> Serialized<T>(Task<Outcome<T>> work, StepKey<T> key) =>
        (await work).TryGet(out var output, out var failure) ? RawJson.Of(output, key.Type) : failure;

    private SagaBuilder<TInput> Add(Step<TInput> step)
    {
        if (steps.Any(other => other.Key == step.Key))
        {
            throw new ArgumentException($"The table has two steps '{step.Key}'; outputs and undo are found by that name.");
        }

        if (step.Undo is not null && steps.Any(other => other.Kind == StepKind.Final))
        {
            throw new ArgumentException($"Step '{step.Key}' has an undo but follows a final step, after which nothing is undone.");
        }

        steps.Add(step);
        return this;
    }
}

/// <summary>What a step is.</summary>
public enum StepKind
{
    Decision,
    Accepted,
    Effect,
    Final,
}

internal sealed class Step<TInput>
{
    public required string Key { get; init; }

    public required StepKind Kind { get; init; }

    public Func<StepContext<TInput>, Outcome<RawJson>>? Decide { get; init; }

    public Func<StepContext<TInput>, CancellationToken, Task<Outcome<RawJson>>>? Do { get; init; }

    public StepUndo<TInput>? Undo { get; init; }
}
