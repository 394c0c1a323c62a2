using Mano.Mesh.State;

namespace Mano.Sagas;

/// <summary>What a step knows while it runs.</summary>
public abstract class StepContext
{
    private readonly Action<string, int?>? report;

    private protected StepContext(OperationRecord record, int attempt, ShardFence? fence, Action<string, int?>? report)
    {
        Record = record;
        Attempt = attempt;
        Fence = fence;
        this.report = report;
    }

    /// <summary>The operation as it is stored.</summary>
    public OperationRecord Record { get; }

    /// <summary>The operation's id; chosen when it was accepted, the same after every restart.</summary>
    public string OperationId => Record.Id;

    public string Tenant => Record.Tenant;

    /// <summary>1 for the first try since this process runs the step, then 2, 3, …</summary>
    public int Attempt { get; }

    /// <summary>When the operation is undone if not done by then; pass it on to calls.</summary>
    public DateTimeOffset Deadline => Record.Deadline;

    /// <summary>
    /// What a commit is made under that a step makes itself: a process that was paused, and whose operation goes on elsewhere, is
    /// then refused. Null in a decision, which makes none.
    /// </summary>
    public ShardFence? Fence { get; }

    internal Batch? Together { get; private set; }

    /// <summary>An earlier step's output. In an undo: that of a decision, never the undone step's own.</summary>
    public T Output<T>(StepKey<T> key) => Record.Output(key);

    /// <summary>Tells people what the step does or waits for. Stored soon, and shown in watches; the same text twice costs nothing.</summary>
    public void Report(string note, int? percent = null) => report?.Invoke(note, percent);

    /// <summary>
    /// These keys change in the very commit that stores this step as finished (or undone), or not at all. If one of them has another
    /// version by then, the step is run again.
    /// </summary>
    public void CommitTogether(Batch batch) => Together = Together is null ? batch : Together.Append(batch);
}

/// <summary>What a step knows while it runs, with its operation's input.</summary>
public sealed class StepContext<TInput> : StepContext
{
    internal StepContext(OperationRecord record, TInput input, int attempt, ShardFence? fence, Action<string, int?>? report)
        : base(record, attempt, fence, report) => Input = input;

    /// <summary>What was accepted.</summary>
    public TInput Input { get; }
}
