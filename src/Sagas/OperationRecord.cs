using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Mano.Mesh.Failures;

namespace Mano.Sagas;

/// <summary>
/// Everything there is to know about one operation: its input, where it stands and its step log. Stored whole, as one JSON
/// value, with every move; immutable in memory. See docs/theory/operations.md.
/// </summary>
public sealed record OperationRecord
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    /// <summary>Name of its table (<see cref="IOperation{TInput}.Name"/>).</summary>
    public required string Name { get; init; }

    /// <summary>What it works on; one operation at a time for a subject: <c>app-instance/4f…</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>The shard whose owner runs it; follows from the subject.</summary>
    public required int Shard { get; init; }

    public required OperationState State { get; init; }

    /// <summary>Grows with every stored change of this operation.</summary>
    public required long Sequence { get; init; }

    /// <summary>What was accepted, as JSON.</summary>
    public required RawJson Input { get; init; }

    /// <summary>Every step of the table, in order.</summary>
    public required ImmutableArray<StepRecord> Steps { get; init; }

    /// <summary>Why it is being undone, was undone, or needs attention.</summary>
    public Failure? Failure { get; init; }

    /// <summary>What a person or another operation last asked of it.</summary>
    public Ask? Asked { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    public required DateTimeOffset StateEnteredAt { get; init; }

    /// <summary>How long its steps may take in all before they are undone.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>When they are undone if not done by then; counts from when the first step may begin.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>MEC 010-2 isCancelPending: asked to cancel, and not undone yet.</summary>
    [JsonIgnore]
    public bool IsCancelPending => Asked is { Kind: AskKind.Cancel or AskKind.Preempt or AskKind.TakeOver } && !State.IsFinal();

    /// <summary>The step with this key.</summary>
    public StepRecord Step(string key) =>
        Steps.FirstOrDefault(step => step.Key == key) ?? throw new InvalidOperationException($"Operation {Name} has no step '{key}'.");

    /// <summary>A step's output. Throws, naming the step, if it has not succeeded.</summary>
    public T Output<T>(StepKey<T> key) => Step(key.Name) is { Output: { } output }
        ? output.Read(key.Type)
        : throw new InvalidOperationException($"Step '{key.Name}' of operation {Name} has no output: it is {Step(key.Name).State}.");

    /// <summary>A step's output, if it has one by now.</summary>
    public bool TryOutput<T>(StepKey<T> key, out T? output)
    {
        var stored = Step(key.Name).Output;
        output = stored is { } json ? json.Read(key.Type) : default;
        return stored is not null;
    }
}

/// <summary>One line of the step log.</summary>
public sealed record StepRecord
{
    public required string Key { get; init; }

    public StepState State { get; init; }

    /// <summary>Times it was begun, as far as they are stored.</summary>
    public int Attempts { get; init; }

    /// <summary>What it does or waits for, for people.</summary>
    public string? Note { get; init; }

    /// <summary>0 to 100, if the step knows.</summary>
    public int? Percent { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public RawJson? Output { get; init; }

    /// <summary>The last thing that went wrong in it.</summary>
    public Failure? Failure { get; init; }
}

/// <summary>Something asked of a running operation from outside.</summary>
public sealed record Ask(AskKind Kind, DateTimeOffset At, string By);

[JsonConverter(typeof(JsonStringEnumConverter<AskKind>))]
public enum AskKind
{
    /// <summary>Stop and undo.</summary>
    Cancel,

    /// <summary>As Cancel, for another operation that waits for the subject: if undoing gives up, it is failed rather than kept for a person.</summary>
    Preempt,

    /// <summary>End at once and as it is: the operation that waits for the subject takes away whatever this one may have left.</summary>
    TakeOver,

    /// <summary>In NeedsAttention: try the step that gave up again.</summary>
    Retry,

    /// <summary>In NeedsAttention: give it up as it is.</summary>
    Fail,
}

/// <summary>Who holds a subject, and who takes it over when that one has ended.</summary>
internal sealed record SubjectLock(string Holder, string? Next = null);

/// <summary>The open operation's entry in its shard; any change of it tells the owner to look.</summary>
internal sealed record OpenOperation(string Tenant, string Id);
