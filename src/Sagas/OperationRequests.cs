using Mano.Mesh.Failures;
using Mano.Mesh.State;

namespace Mano.Sagas;

/// <summary>
/// Cancel, retry and fail: written into the operation's record by whoever is asked, on any replica; a change of its entry
/// among the open operations tells the owner to look.
/// </summary>
internal sealed class OperationRequests(IStateStore store, IReadOnlyDictionary<string, OperationTable> tables, TimeProvider clock)
{
    /// <param name="tenant">Whose operation.</param>
    /// <param name="id">Which.</param>
    /// <param name="kind">What is asked.</param>
    /// <param name="by">Who asks, for people.</param>
    /// <param name="together">Keys of the caller's, committed together with what is asked, also where it had been asked before.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async Task<Outcome<Stored<OperationRecord>>> Ask(
        string tenant, string id, AskKind kind, string by, Batch? together, CancellationToken cancel)
    {
        while (true)
        {
            var found = await store.Get(OperationKeys.Record(tenant, id), SagaJson.Default.OperationRecord, cancel);
            if (found is null)
            {
                return Failure.NotFound("OPERATION_NOT_FOUND", $"There is no operation {id}: list the operations.", id);
            }

            if (Refusal(found.Value, kind) is { } refusal)
            {
                return refusal;
            }

            if (found.Value.Asked?.Kind == kind || (kind == AskKind.Cancel && IsBeingUndone(found.Value)))
            {
                return together is { Items.Count: > 0 } && (await store.Commit(together, cancel)).ToFailure() is { } raced ? raced : found;
            }

            var asked = found.Value with { Asked = new(kind, clock.GetUtcNow(), by) };
            var batch = new Batch()
                .Put(found.Key, asked, SagaJson.Default.OperationRecord, found.Version)
                .Put(OperationKeys.Open(asked.Shard, id), new(tenant, id), SagaJson.Default.OpenOperation);
            var result = await store.Commit(together is null ? batch : batch.Append(together), cancel);
            if (result.IsCommitted)
            {
                return new Stored<OperationRecord>(found.Key, asked, result.Revision);
            }

            if (result.Conflicts.Any(conflict => conflict.Key != found.Key))
            {
                return result.ToFailure()!;
            }
        }
    }

    private static bool IsBeingUndone(OperationRecord record) => record.State == OperationState.Unwinding || record.IsCancelPending;

    private Failure? Refusal(OperationRecord record, AskKind kind)
    {
        OperationState[] allowed = kind == AskKind.Cancel
            ? [OperationState.Waiting, OperationState.Running, OperationState.Unwinding]
            : [OperationState.NeedsAttention];
        if (!allowed.Contains(record.State))
        {
            return Illegal(record, $"Operation {record.Id} is {record.State} and cannot be asked to {Verb(kind)}", allowed);
        }

        return kind == AskKind.Cancel && tables.TryGetValue(record.Name, out var table) && Moves.IsPastReturn(record, table)
            ? Illegal(record, $"Operation {record.Id} has begun a step that cannot be undone, and only goes forward", [OperationState.Waiting])
            : null;
    }

    private static string Verb(AskKind kind) => kind switch
    {
        AskKind.Cancel or AskKind.Preempt or AskKind.TakeOver => "cancel",
        AskKind.Retry => "retry",
        _ => "fail",
    };

    private static Failure Illegal(OperationRecord record, string what, OperationState[] allowed) => Failure.IllegalState(
        "ILLEGAL_STATE",
        $"{what}: that is possible while it is {string.Join(" or ", allowed)}.",
        record.Id,
        $"{record.State}",
        [.. allowed.Select(state => $"{state}")]);
}
