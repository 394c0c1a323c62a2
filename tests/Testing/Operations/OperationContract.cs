using Mano.Mesh.State;
using Mano.Mesh.State.InMemory;
using Mano.Sagas;

namespace Mano.Testing.Operations;

/// <summary>
/// What every operation promises: for every step × {fail before the effect, lose the reply, crash before it, crash after it, cancelled
/// while it runs} × {once, twice}, and the same in every undo, it ends completed, or undone with every clean-slate question answered yes.
/// A subclass supplies the world and the questions.
/// </summary>
public abstract class OperationContract<TOperation, TInput>
    where TOperation : IOperation<TInput>
{
    private readonly List<string> red = [];
    private int cases;

    /// <summary>A fresh world. What it commits itself goes to <paramref name="store"/>.</summary>
    protected abstract Task<OperationWorld<TOperation, TInput>> NewWorld(IStateStore store, ManualClock clock);

    [Fact]
    public async Task Undisturbed_it_completes() => Assert.Empty(await Check([], OperationState.Completed));

    [Fact]
    public async Task Every_fault_in_a_step_ends_completed_or_in_a_clean_slate()
    {
        var table = await Table();
        foreach (var step in Effects(table))
        {
            foreach (var (kind, times) in Kinds.SelectMany(kind => new[] { (kind, 1), (kind, 2) }))
            {
                await Try(table, [new(step, InUndo: false, kind, times, Retryable: true)], OperationState.Completed);
            }

            var givenUp = table.Steps[step].Kind == StepKind.Final ? OperationState.Completed : OperationState.RolledBack;
            await Try(table, [new(step, InUndo: false, FaultKind.FailBefore, 1, Retryable: false)], givenUp);
            await Try(table, [new(step, InUndo: false, FaultKind.LoseReply, 1, Retryable: false)], givenUp);
            await Try(table, [new(step, InUndo: false, FaultKind.Cancel, 1, Retryable: false)], OperationState.Cancelled, OperationState.Completed);
        }

        AssertNoneRed();
    }

    [Fact]
    public async Task Every_fault_in_an_undo_ends_in_a_clean_slate()
    {
        var table = await Table();
        foreach (var step in Effects(table).Where(step => table.Steps[step].Kind == StepKind.Effect))
        {
            foreach (var undone in Enumerable.Range(0, step + 1).Where(undone => table.Steps[undone].Kind is StepKind.Effect or StepKind.Accepted))
            {
                foreach (var (kind, times) in Kinds.SelectMany(kind => new[] { (kind, 1), (kind, 2) }))
                {
                    Fault cause = new(step, InUndo: false, FaultKind.LoseReply, 1, Retryable: false);
                    await Try(table, [cause, new(undone, InUndo: true, kind, times, Retryable: true)], OperationState.RolledBack);
                    if (kind is FaultKind.FailBefore or FaultKind.LoseReply)
                    {
                        await Try(table, [cause, new(undone, InUndo: true, kind, times, Retryable: false)], OperationState.RolledBack);
                    }
                }
            }
        }

        AssertNoneRed();
    }

    private static FaultKind[] Kinds => [FaultKind.FailBefore, FaultKind.LoseReply, FaultKind.CrashBefore, FaultKind.CrashAfter];

    private static IEnumerable<int> Effects(OperationTable table) =>
        Enumerable.Range(0, table.Steps.Length).Where(step => table.Steps[step].Kind is StepKind.Effect or StepKind.Final);

    private async Task<OperationTable> Table()
    {
        var clock = new ManualClock();
        await using var store = new MemoryStateStore(clock);
        return OperationTable.Of<TOperation, TInput>((await NewWorld(store, clock)).Operation);
    }

    private async Task Try(OperationTable table, IReadOnlyList<Fault> faults, params OperationState[] expected)
    {
        cases++;
        var wrong = await Check(faults, expected);
        if (wrong.Count > 0)
        {
            red.Add($"{string.Join(", then ", faults.Select(fault => fault.Describe(table)))}: {string.Join("; ", wrong)}");
        }
    }

    /// <summary>Runs one case and says what is wrong with its end.</summary>
    private async Task<List<string>> Check(IReadOnlyList<Fault> faults, params OperationState[] expected)
    {
        var clock = new ManualClock();
        await using var store = new MemoryStateStore(clock);
        var world = await NewWorld(store, clock);
        var ended = await new OperationRun<TOperation, TInput>(world, store, clock, faults).ToEnd();
        var wrong = new List<string>();
        if (!expected.Contains(ended.State))
        {
            wrong.Add($"ended {ended.State} ({ended.Failure}), not {string.Join(" or ", expected)}");
        }

        foreach (var question in ended.State == OperationState.Completed ? world.Done : world.CleanSlate)
        {
            if (!await question.Ask())
            {
                wrong.Add($"{question.Name}: no");
            }
        }

        foreach (var prefix in new[] { "operation-open/", "operation-subject/" })
        {
            wrong.AddRange((await store.Scan(prefix)).Entries.Select(left => $"left in the store: {left.Key}"));
        }

        return wrong;
    }

    private void AssertNoneRed() => Assert.True(red.Count == 0, $"{red.Count} of {cases} cases:\n{string.Join('\n', red)}");
}
