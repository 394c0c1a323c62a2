using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Logging;

namespace Mano.Sagas;

/// <summary>
/// The stored side of one running operation. Every commit is fenced by the shard's epoch and expects the version it wrote last;
/// the only thing that others write into the record is <see cref="OperationRecord.Asked"/>, which is taken over on a conflict.
/// </summary>
internal sealed class OperationJournal(OperationReader operations, ShardFence fence, TimeProvider clock, ILogger log, Stored<OperationRecord> stored, long? lockVersion)
{
    private static readonly TimeSpan PatientDelay = TimeSpan.FromMilliseconds(200);

    private readonly IStateStore store = operations.Store;
    private readonly string key = stored.Key;
    private long version = stored.Version;
    private long? lockVersion = lockVersion;

    /// <summary>What commits of this operation are made under.</summary>
    public ShardFence Fence => fence;

    /// <summary>The operation as it is stored.</summary>
    public OperationRecord Record { get; private set; } = stored.Value;

    /// <summary>
    /// Stores the next record, with whatever belongs to the same moment. Returns null, or the conflict of a key in
    /// <paramref name="together"/>: then nothing is stored. Throws <see cref="ShardLostException"/> when somebody else owns the shard.
    /// </summary>
    public async Task<Failure?> Commit(OperationRecord next, Batch? together, CancellationToken cancel)
    {
        next = next with { Sequence = Record.Sequence + 1 };
        while (true)
        {
            next = next with { Asked = MergedAsk(next) };
            if (await TryCommit(next, together, cancel) is not { } result)
            {
                continue;
            }

            if (result.IsCommitted)
            {
                (Record, version) = (next, result.Revision);
                operations.Wrote(new(key, next, version));
                return null;
            }

            if (result.StaleEpoch is not null)
            {
                throw new ShardLostException(fence.Shard);
            }

            if (await Reload(result.Conflicts, cancel) is { } foreign)
            {
                return foreign;
            }
        }
    }

    /// <summary>Whether the record this one begins from is still what is stored.</summary>
    public async Task<bool> IsCurrent(CancellationToken cancel) => (await Patiently(() => store.Get(key, cancel), cancel))?.Version == version;

    /// <summary>Reads what others asked since.</summary>
    public async Task Refresh(CancellationToken cancel) =>
        Take(await Patiently(() => store.Get(key, SagaJson.Default.OperationRecord, cancel), cancel));

    /// <summary>Whether the subject is this operation's by now.</summary>
    public async Task<bool> HoldsSubject(CancellationToken cancel) => (await ReadLock(cancel))?.Value.Holder == Record.Id;

    /// <summary>The operation that had waited for the subject and has it now.</summary>
    public string? HandedOverTo { get; private set; }

    private void Take(Stored<OperationRecord>? seen)
    {
        if (seen is null || seen.Value.Sequence != Record.Sequence)
        {
            // Nobody writes moves but the shard's owner, so that is somebody else by now: this process was away for longer than its lease.
            throw new ShardLostException(fence.Shard);
        }

        (Record, version) = (Record with { Asked = seen.Value.Asked }, seen.Version);
    }

    // A retry that a person asked for is used up by the move it causes; everything else stays on the record.
    private Ask? MergedAsk(OperationRecord next) =>
        Record.Asked is { Kind: AskKind.Retry } && next.State != OperationState.NeedsAttention ? null : Record.Asked;

    /// <summary>The store's answer; null if the batch must be tried again.</summary>
    private async Task<CommitResult?> TryCommit(OperationRecord next, Batch? together, CancellationToken cancel)
    {
        var batch = new Batch().Put(key, operations.Text(key, next), version).Under(fence);
        if (together is not null)
        {
            batch.Append(together);
        }

        if (next.State.IsFinal())
        {
            batch.Delete(OperationKeys.Open(next.Shard, next.Id));
            await HandOver(batch, next, cancel);
        }

        try
        {
            return await store.Commit(batch, cancel);
        }
        catch (FailureException lost) when (lost.Failure.Kind == FailureKind.Unavailable)
        {
            Log.CommitUncertain(log, next.Id, lost.Failure);
            await Task.Delay(PatientDelay, clock, cancel);
        }

        // It may have happened: the sequence number in the store says.
        var seen = await Patiently(() => store.Get(key, SagaJson.Default.OperationRecord, cancel), cancel);
        return seen is not null && seen.Value.Sequence == next.Sequence ? CommitResult.At(seen.Version) : null;
    }

    /// <summary>The end of an operation frees its subject, or gives it to the operation that waits for it.</summary>
    private async Task HandOver(Batch batch, OperationRecord next, CancellationToken cancel)
    {
        var subject = OperationKeys.Subject(next.Tenant, next.Subject);
        if (lockVersion is { } known)
        {
            batch.Delete(subject, known);
            return;
        }

        var held = await ReadLock(cancel);
        if (held?.Value.Holder == next.Id)
        {
            HandedOverTo = held.Value.Next;
            _ = HandedOverTo is null
                ? batch.Delete(subject, held.Version)
                : batch.Put(subject, new SubjectLock(HandedOverTo), SagaJson.Default.SubjectLock, held.Version);
        }
        else if (held?.Value.Next == next.Id)
        {
            batch.Put(subject, held.Value with { Next = null }, SagaJson.Default.SubjectLock, held.Version);
        }
    }

    private Task<Stored<SubjectLock>?> ReadLock(CancellationToken cancel) => Patiently(
        () => store.Get(OperationKeys.Subject(Record.Tenant, Record.Subject), SagaJson.Default.SubjectLock, cancel), cancel);

    /// <summary>Reads again what others changed; a conflict that is not ours to solve is returned.</summary>
    private async Task<Failure?> Reload(IReadOnlyList<KeyConflict> conflicts, CancellationToken cancel)
    {
        var subject = OperationKeys.Subject(Record.Tenant, Record.Subject);
        var foreign = conflicts.Where(conflict => conflict.Key != key && conflict.Key != subject).ToList();
        if (conflicts.Any(conflict => conflict.Key == subject))
        {
            lockVersion = null;
        }

        if (conflicts.Any(conflict => conflict.Key == key))
        {
            await Refresh(cancel);
        }

        return foreign.Count > 0 ? StateFailures.Conflicting(foreign) : null;
    }

    private async Task<T> Patiently<T>(Func<ValueTask<T>> read, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await read();
            }
            catch (FailureException away) when (away.Failure.Kind == FailureKind.Unavailable)
            {
                Log.CommitUncertain(log, Record.Id, away.Failure);
                await Task.Delay(PatientDelay, clock, cancel);
            }
        }
    }
}

/// <summary>Another owner runs this shard's operations now; whatever this one was doing, it stops.</summary>
internal sealed class ShardLostException(string shard) : Exception($"Shard {shard} has another owner.");
