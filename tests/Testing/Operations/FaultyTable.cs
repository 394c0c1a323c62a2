using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Sagas;

namespace Mano.Testing.Operations;

/// <summary>Stands between the engine and a table, and does to a run what its faults say.</summary>
internal sealed class FaultyTable(OperationTable inner, IReadOnlyList<Fault> faults, Func<FaultKind, Task> strike) : OperationTable(inner.Name, inner.Steps)
{
    private readonly int[] left = [.. faults.Select(fault => fault.Times)];

    internal override object ReadInput(OperationRecord record) => inner.ReadInput(record);

    internal override StepContext Context(OperationRecord record, object input, int attempt, ShardFence? fence, Action<string, int?>? report) =>
        inner.Context(record, input, attempt, fence, report);

    internal override Outcome<RawJson> Decide(int step, StepContext context) => inner.Decide(step, context);

    internal override async Task<Outcome<RawJson>> Do(int step, StepContext context, CancellationToken cancel) =>
        await Run(step, inUndo: false, () => inner.Do(step, context, cancel), cancel);

    internal override async Task Undo(int step, StepContext context, CancellationToken cancel)
    {
        var outcome = await Run(
            step,
            inUndo: true,
            async () =>
            {
                await inner.Undo(step, context, cancel);
                return default(RawJson);
            },
            cancel);
        _ = outcome.Value;
    }

    private async Task<Outcome<RawJson>> Run(int step, bool inUndo, Func<Task<Outcome<RawJson>>> work, CancellationToken cancel)
    {
        var fault = Take(step, inUndo);
        if (fault is null)
        {
            return await work();
        }

        if (fault.Kind is FaultKind.LoseReply or FaultKind.CrashAfter)
        {
            await work();
        }

        if (fault.Kind is FaultKind.FailBefore or FaultKind.LoseReply)
        {
            return new Failure(fault.Retryable ? FailureKind.Unavailable : FailureKind.Internal, "INJECTED", $"Injected {fault.Kind}.", Retryable: fault.Retryable);
        }

        await strike(fault.Kind);
        if (fault.Kind == FaultKind.Cancel)
        {
            return await work();
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel); // dead: nothing more of this process happens
        return default;
    }

    private Fault? Take(int step, bool inUndo)
    {
        for (var i = 0; i < left.Length; i++)
        {
            if (faults[i].Step == step && faults[i].InUndo == inUndo && left[i] > 0)
            {
                left[i]--;
                return faults[i];
            }
        }

        return null;
    }
}
