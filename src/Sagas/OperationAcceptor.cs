using System.Text.Json.Serialization.Metadata;
using Mano.Mesh.Failures;
using Mano.Mesh.State;

namespace Mano.Sagas;

/// <summary>
/// Accepts operations: the record (decided up to its first effect, which is started), the subject's lock, the idempotency key and the caller's own keys are
/// one commit. It needs no fence, because it only makes keys that did not exist; whoever owns the shard picks it up.
/// </summary>
internal sealed class OperationAcceptor(IStateStore store, SagaOptions options, TimeProvider clock)
{
    private const int Tries = 8;

    public async Task<Outcome<AcceptedOperation>> Accept<TInput>(
        OperationTable table, JsonTypeInfo<TInput> inputType, NewOperation<TInput> wanted, CancellationToken cancel)
    {
        Failure? last = null;
        for (var i = 0; i < Tries; i++)
        {
            if (await FindRepeat(wanted.Idempotency, cancel) is { } repeat)
            {
                return repeat;
            }

            var record = Moves.Accept(NewRecord(table, inputType, wanted, OperationState.Running), table, wanted.Input!, clock.GetUtcNow());
            var batch = BatchOf(record, wanted)
                .Put(SubjectKey(wanted), new SubjectLock(wanted.Id), SagaJson.Default.SubjectLock, Batch.MustNotExist);
            var result = await store.Commit(batch, cancel);
            if (result.IsCommitted)
            {
                return Accepted(record, result.Revision);
            }

            var verdict = await Judge(table, inputType, wanted, result, cancel);
            if (verdict is { } final)
            {
                return final;
            }

            last = result.ToFailure();
        }

        return last!;
    }

    /// <summary>What is to be accepted together with others: decided, and not stored yet.</summary>
    public PreparedOperation Prepare<TInput>(OperationTable table, JsonTypeInfo<TInput> inputType, NewOperation<TInput> wanted) => new(
        Moves.Accept(NewRecord(table, inputType, wanted, OperationState.Running), table, wanted.Input!, clock.GetUtcNow()), wanted.Together);

    /// <summary>All in one commit or none. Nobody is displaced: who is at work on one of the subjects refuses them all.</summary>
    public async Task<Outcome<IReadOnlyList<Stored<OperationRecord>>>> AcceptAll(IReadOnlyList<PreparedOperation> wanted, CancellationToken cancel)
    {
        Failure? last = null;
        for (var i = 0; i < Tries; i++)
        {
            var batch = new Batch();
            foreach (var one in wanted)
            {
                AddTo(batch, one.Record, one.Together)
                    .Put(SubjectKey(one.Record), new SubjectLock(one.Record.Id), SagaJson.Default.SubjectLock, Batch.MustNotExist);
            }

            var result = await store.Commit(batch, cancel);
            if (result.IsCommitted)
            {
                return Outcome<IReadOnlyList<Stored<OperationRecord>>>.Of([.. wanted.Select(one => Accepted(one.Record, result.Revision).Operation)]);
            }

            last = result.ToFailure()!;
            var keys = result.Conflicts.Select(conflict => conflict.Key).ToHashSet(StringComparer.Ordinal);
            if (wanted.FirstOrDefault(one => keys.Contains(OperationKeys.Record(one.Record.Tenant, one.Record.Id))) is { } known)
            {
                return Exists(known.Record.Id);
            }

            if (wanted.FirstOrDefault(one => keys.Contains(SubjectKey(one.Record))) is not { } busy)
            {
                return last;
            }

            if (await store.Get(SubjectKey(busy.Record), SagaJson.Default.SubjectLock, cancel) is { } held)
            {
                return AtWork(held.Value.Next ?? held.Value.Holder, busy.Record.Subject);
            }
        }

        return last!;
    }

    private static string SubjectKey(OperationRecord record) => OperationKeys.Subject(record.Tenant, record.Subject);

    private static string SubjectKey<TInput>(NewOperation<TInput> wanted) => OperationKeys.Subject(wanted.Tenant, wanted.Subject);

    private static AcceptedOperation Accepted(OperationRecord record, long revision) =>
        new(new(OperationKeys.Record(record.Tenant, record.Id), record, revision), IsRepeat: false);

    private async Task<Outcome<AcceptedOperation>?> FindRepeat(IdempotencyKey? key, CancellationToken cancel)
    {
        if (key is null)
        {
            return null;
        }

        if (!(await store.FindAnswer(key, cancel)).TryGet(out var id, out var reused))
        {
            return reused;
        }

        if (id is null)
        {
            return null;
        }

        return await store.Get(OperationKeys.Record(key.Tenant, id), SagaJson.Default.OperationRecord, cancel) is { } known
            ? new AcceptedOperation(known, IsRepeat: true)
            : Failure.NotFound("OPERATION_NOT_FOUND", $"The idempotency key '{key.Key}' was answered with operation {id}, which is no longer kept.", id);
    }

    /// <summary>What a refused commit means: null to try again, else the answer.</summary>
    private async Task<Outcome<AcceptedOperation>?> Judge<TInput>(
        OperationTable table, JsonTypeInfo<TInput> inputType, NewOperation<TInput> wanted, CommitResult result, CancellationToken cancel)
    {
        var keys = result.Conflicts.Select(conflict => conflict.Key).ToList();
        if (wanted.Idempotency is { } idempotency && keys.Contains(idempotency.StateKey))
        {
            return null;
        }

        if (keys.Contains(OperationKeys.Record(wanted.Tenant, wanted.Id)))
        {
            return Exists(wanted.Id);
        }

        return keys.Contains(SubjectKey(wanted))
            ? await BehindAnother(table, inputType, wanted, cancel)
            : Outcome<AcceptedOperation>.Refused(result.ToFailure()!);
    }

    /// <summary>Another operation has the subject: it is pre-empted, or this one is refused with its id.</summary>
    private async Task<Outcome<AcceptedOperation>?> BehindAnother<TInput>(
        OperationTable table, JsonTypeInfo<TInput> inputType, NewOperation<TInput> wanted, CancellationToken cancel)
    {
        var held = await store.Get(SubjectKey(wanted), SagaJson.Default.SubjectLock, cancel);
        if (held is null)
        {
            return null;
        }

        var running = await store.Get(OperationKeys.Record(wanted.Tenant, held.Value.Holder), SagaJson.Default.OperationRecord, cancel);
        if (running is null || running.Value.State.IsFinal())
        {
            return null;
        }

        var next = held.Value.Next is { } id ? await store.Get(OperationKeys.Record(wanted.Tenant, id), SagaJson.Default.OperationRecord, cancel) : null;
        if (HowToDisplace(wanted, running.Value, next?.Value) is not { } kind)
        {
            return AtWork(held.Value.Next ?? held.Value.Holder, wanted.Subject);
        }

        var ask = new Ask(kind, clock.GetUtcNow(), wanted.Id);
        var record = NewRecord(table, inputType, wanted, OperationState.Waiting);
        var batch = BatchOf(record, wanted)
            .Put(SubjectKey(wanted), held.Value with { Next = wanted.Id }, SagaJson.Default.SubjectLock, held.Version);
        AskOf(batch, running, ask);
        _ = next is null ? batch : AskOf(batch, next, ask);
        var result = await store.Commit(batch, cancel);
        return result.IsCommitted ? Accepted(record, result.Revision)
            : result.Conflicts.Any(conflict => conflict.Key == running.Key || conflict.Key == next?.Key || conflict.Key == SubjectKey(wanted)) ? null
            : await Judge(table, inputType, wanted, result, cancel);
    }

    /// <summary>What the operations in the way are asked; null if they may not be displaced by this one.</summary>
    private static AskKind? HowToDisplace<TInput>(NewOperation<TInput> wanted, OperationRecord running, OperationRecord? next)
    {
        if (wanted.TakesOver.Contains(running.Name) && (next is null || wanted.TakesOver.Contains(next.Name)))
        {
            return AskKind.TakeOver;
        }

        var mayPreempt = wanted.Preempts.Contains(running.Name)
            || (running.State == OperationState.NeedsAttention && wanted.PreemptsStuck.Contains(running.Name));
        return next is null && mayPreempt ? AskKind.Preempt : null;
    }

    private static Batch AskOf(Batch batch, Stored<OperationRecord> operation, Ask ask) => batch
        .Put(operation.Key, operation.Value with { Asked = ask }, SagaJson.Default.OperationRecord, operation.Version)
        .Put(OperationKeys.Open(operation.Value.Shard, operation.Value.Id), new(operation.Value.Tenant, operation.Value.Id), SagaJson.Default.OpenOperation);

    private static Batch BatchOf<TInput>(OperationRecord record, NewOperation<TInput> wanted)
    {
        var batch = AddTo(new(), record, wanted.Together);
        return wanted.Idempotency is { } key ? batch.Remember(key, wanted.Id, record.AcceptedAt) : batch;
    }

    private static Batch AddTo(Batch batch, OperationRecord record, Batch? together)
    {
        batch.Put(OperationKeys.Record(record.Tenant, record.Id), record, SagaJson.Default.OperationRecord, Batch.MustNotExist)
            .Put(OperationKeys.Open(record.Shard, record.Id), new(record.Tenant, record.Id), SagaJson.Default.OpenOperation);
        return together is null ? batch : batch.Append(together);
    }

    private static Failure Exists(string id) =>
        Failure.AlreadyExists("OPERATION_EXISTS", $"An operation {id} exists already: choose a new id for a new operation.", id);

    private static Failure AtWork(string id, string subject) =>
        Failure.Conflict("OPERATION_RUNNING", $"Operation {id} is at work on {subject}: wait until it has ended, or cancel it.", id);

    private OperationRecord NewRecord<TInput>(OperationTable table, JsonTypeInfo<TInput> inputType, NewOperation<TInput> wanted, OperationState state)
    {
        var now = clock.GetUtcNow();
        return new()
        {
            Id = wanted.Id,
            Tenant = wanted.Tenant,
            Name = table.Name,
            Subject = wanted.Subject,
            Shard = (int)(OperationKeys.StableHash(wanted.Subject) % (uint)options.Shards),
            State = state,
            Sequence = 1,
            Input = RawJson.Of(wanted.Input, inputType),
            Steps = [.. table.Steps.Select(step => new StepRecord { Key = step.Key })],
            AcceptedAt = now,
            StateEnteredAt = now,
            Timeout = wanted.Timeout,
            Deadline = now + wanted.Timeout,
        };
    }
}
