using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Sagas;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Replicas;

/// <summary>
/// This replica's own record: written when something of it changes and at every third of a lease, deleted when it leaves. The
/// newest process of a name has it; an older one that finds its record taken stops, for two of one name would share their shards.
/// It also says how many shards of operations are this replica's share: as many as fall to each of those that live.
/// </summary>
internal sealed class ReplicaMembership(
    IStateStore store, ReplicaDirectory directory, ReplicaOptions options, ReplicaRecord born, ILogger<ReplicaMembership> logger)
    : IShardShare, IDisposable
{
    /// <summary>A replica that was killed and has not come back is shown to people for this long.</summary>
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim turn = new(1, 1);
    private ReplicaRecord self = born;
    private long? version;
    private bool hasLeft;

    /// <summary>Raised once, when another process has taken this one's name.</summary>
    public event Action? NameTaken;

    /// <summary>As it was last written.</summary>
    public ReplicaRecord Self => self;

    public bool IsDisplaced { get; private set; }

    /// <summary>Says that this replica lives, and lists the others. Throws a FailureException when the store is away, or this one's name is taken.</summary>
    public async Task Beat(CancellationToken cancel)
    {
        if (options.SharesStore || version is null)
        {
            await Write(record => record, cancel);
        }

        await directory.Look(cancel);
        await Forget(cancel);
    }

    /// <summary>It listens now, and can be reached.</summary>
    public async Task Listens(string address, CancellationToken cancel)
    {
        await Write(record => record with { Address = address }, cancel);
        logger.TakesPart(options.Name, self.Incarnation, address, directory.CountAlive());
    }

    /// <summary>It owns the ledger of capacity under this epoch; 0: not any more.</summary>
    public Task OwnsCapacity(long epoch, CancellationToken cancel) => Write(record => record with { CapacityEpoch = epoch }, cancel);

    /// <summary>The last word: others need not wait until it counts as dead.</summary>
    public async Task Leave(CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            hasLeft = true;
            if (version is { } last && !IsDisplaced)
            {
                await store.Commit(new Batch().Delete(ReplicaRecord.Key(options.Name), last), cancel);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask<int> Most(int shards, CancellationToken cancel)
    {
        await Beat(cancel);
        var alive = directory.CountAlive();
        return (shards + alive - 1) / alive;
    }

    public async ValueTask Holding(IReadOnlyList<int> shards, CancellationToken cancel) =>
        await Write(record => record with { Shards = [.. shards] }, cancel);

    public Task Changed(CancellationToken cancel) => directory.Changed(cancel);

    public void Dispose() => turn.Dispose();

    private async Task Write(Func<ReplicaRecord, ReplicaRecord> change, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            while (!hasLeft && !await TryWrite(change, cancel))
            {
            }
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<bool> TryWrite(Func<ReplicaRecord, ReplicaRecord> change, CancellationToken cancel)
    {
        var next = change(self) with { Beat = self.Beat + 1 };
        // What was changed stays wanted also when it cannot be written now: the next beat says it.
        self = next;
        var key = ReplicaRecord.Key(options.Name);
        var batch = new Batch().Put(key, next, ReplicaJson.Default.ReplicaRecord, version ?? Batch.Any);
        var result = await store.Commit(batch, cancel);
        if (result.IsCommitted)
        {
            version = result.Revision;
            return true;
        }

        var found = await store.Get(key, ReplicaJson.Default.ReplicaRecord, cancel);
        if (found is not null && found.Value.Incarnation != self.Incarnation)
        {
            Displaced(found.Value);
        }

        // Our own, whose writing nobody confirmed; or forgotten by others while this process stood still.
        version = found?.Version ?? Batch.MustNotExist;
        return false;
    }

    private void Displaced(ReplicaRecord by)
    {
        if (!IsDisplaced)
        {
            IsDisplaced = true;
            logger.NameTaken(options.Name, by.Incarnation);
            NameTaken?.Invoke();
        }

        throw Failure.Unavailable("REPLICA_NAME_TAKEN", $"Another process is replica {options.Name} by now; this one stops.", ReplicaRecord.Key(options.Name)).ToException();
    }

    private async Task Forget(CancellationToken cancel)
    {
        foreach (var silent in directory.All.Where(r => !r.IsAlive && r.Silent > ForgetAfter))
        {
            var key = ReplicaRecord.Key(silent.Record.Name);
            var found = await store.Get(key, ReplicaJson.Default.ReplicaRecord, cancel);
            if (found?.Value.Beat == silent.Record.Beat && (await store.Commit(new Batch().Delete(key, found.Version), cancel)).IsCommitted)
            {
                logger.Forgotten(silent.Record.Name, silent.Silent);
            }
        }
    }
}
