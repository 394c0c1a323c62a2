using System.Runtime.CompilerServices;
using System.Text.Json;
using Mano.Mesh.Failures;
using Mano.Mesh.State;

namespace Mano.Sagas;

/// <summary>Reads operations: one, many, or one as it goes on.</summary>
public sealed class OperationReader(IStateStore store)
{
    private readonly RecentOperations recent = new();

    /// <summary>Where operations are.</summary>
    internal IStateStore Store => store;

    /// <summary>The operation, or null.</summary>
    public async ValueTask<Stored<OperationRecord>?> Find(string tenant, string id, CancellationToken cancel = default) =>
        await store.Get(OperationKeys.Record(tenant, id), cancel) is { } entry ? Known(entry) : null;

    /// <summary>All operations of a tenant, in the order of their ids, which is that of their acceptance.</summary>
    public IAsyncEnumerable<Stored<OperationRecord>> List(string tenant, CancellationToken cancel = default) =>
        store.ScanAll(OperationKeys.Records(tenant), SagaJson.Default.OperationRecord, cancel);

    /// <summary>The operation that holds a subject now, or null.</summary>
    public async ValueTask<string?> RunningOn(string tenant, string subject, CancellationToken cancel = default) =>
        (await store.Get(OperationKeys.Subject(tenant, subject), SagaJson.Default.SubjectLock, cancel))?.Value.Holder;

    /// <summary>An entry of <see cref="OperationKeys.Records"/>.</summary>
    public static Stored<OperationRecord> Read(Entry entry) => entry.As(SagaJson.Default.OperationRecord);

    /// <summary>Adds to a batch that no operation may hold the subject when it is committed.</summary>
    public static Batch CheckIdle(Batch batch, string tenant, string subject) =>
        batch.Check(OperationKeys.Subject(tenant, subject), Batch.MustNotExist);

    /// <summary>The operation as it is, then after each change; ends after its final state. Throws NotFound.</summary>
    public async IAsyncEnumerable<Stored<OperationRecord>> Watch(string tenant, string id, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var key = OperationKeys.Record(tenant, id);
        var page = await store.Scan(key, limit: 1, cancel: cancel);
        if (page.Entries.Count == 0 || page.Entries[0].Key != key)
        {
            throw Failure.NotFound("OPERATION_NOT_FOUND", $"There is no operation {id}: list the operations.", id).ToException();
        }

        var seen = Known(page.Entries[0]);
        yield return seen;
        if (seen.Value.State.IsFinal())
        {
            yield break;
        }

        await foreach (var change in store.Watch(key, page.Revision, cancel))
        {
            if (change.Key != key || change.IsDelete)
            {
                continue;
            }

            seen = Known(new(key, change.Value!.Value, change.Revision));
            yield return seen;
            if (seen.Value.State.IsFinal())
            {
                yield break;
            }
        }
    }

    /// <summary>The operation in its final state.</summary>
    public async Task<Stored<OperationRecord>> Ended(string tenant, string id, CancellationToken cancel = default)
    {
        await foreach (var seen in Watch(tenant, id, cancel))
        {
            if (seen.Value.State.IsFinal())
            {
                return seen;
            }
        }

        throw new InvalidOperationException($"The watch of operation {id} ended before the operation did.");
    }

    /// <summary>An entry of <see cref="OperationKeys.Records"/>; what this process has just written or read is not parsed again.</summary>
    public Stored<OperationRecord> Known(Entry entry) => recent.Find(entry.Key, entry.Version, entry.Value) ?? recent.Put(Read(entry));

    /// <summary>The text to write, kept with what it says for those who follow it.</summary>
    internal ReadOnlyMemory<byte> Text(string key, OperationRecord operation)
    {
        ReadOnlyMemory<byte> text = JsonSerializer.SerializeToUtf8Bytes(operation, SagaJson.Default.OperationRecord);
        recent.Put(key, operation, text);
        return text;
    }

    /// <summary>Keeps what was written, for those who follow it.</summary>
    internal void Wrote(Stored<OperationRecord> operation) => recent.Put(operation);
}
