using System.Collections.Concurrent;
using Mano.Mesh.Failures;
using Mano.Mesh.State;

namespace Mano.Mepm.Instances;

/// <summary>An instance as it is to be shown: what is desired, and how it stands.</summary>
/// <param name="Record">What is desired.</param>
/// <param name="Status">How it stands.</param>
/// <param name="FromStore">Nobody has said that intent again since this process read it from its store.</param>
public sealed record InstanceView(InstanceRecord Record, InstanceStatus Status, bool FromStore = false);

/// <summary>
/// Every instance of this site: what is desired is stored before it is acknowledged, what is seen lives in memory and is
/// stored when the phase changes. A generation, once seen, stands for one content for ever, also after the instance is gone.
/// </summary>
public sealed class InstanceBook(IStateStore store, InstanceFeed feed)
{
    public const string DefaultTenant = "default";

    private readonly ConcurrentDictionary<string, InstanceCell> cells = new(StringComparer.Ordinal);

    /// <summary>Reads what was stored; before anything else.</summary>
    public async Task Load(CancellationToken cancel)
    {
        await foreach (var stored in store.ScanAll("app-instance/", InstanceJson.Default.InstanceRecord, cancel))
        {
            var cell = new InstanceCell { Record = stored.Value, Status = stored.Value.Status, Version = stored.Version, FromStore = true };
            cells[stored.Value.AppInstanceId] = cell;
            feed.Changed(new(cell.Record, cell.Status));
        }
    }

    /// <summary>Where changes are told.</summary>
    public InstanceFeed Feed => feed;

    /// <summary>One instance; null where there is none.</summary>
    public InstanceView? Find(string appInstanceId) => cells.TryGetValue(appInstanceId, out var cell) ? cell.View : null;

    /// <summary>All instances, ordered by id.</summary>
    public IReadOnlyList<InstanceView> All() =>
        [.. cells.Values.Select(c => c.View).OfType<InstanceView>().OrderBy(v => v.Record.AppInstanceId, StringComparer.Ordinal)];

    /// <summary>Sets what is desired. Refused: an older generation, or the same one with other content.</summary>
    public Task<Outcome<InstanceView>> Ensure(string appInstanceId, long generation, DesiredInstance desired, CancellationToken cancel) =>
        Locked<Outcome<InstanceView>>(appInstanceId, async cell =>
        {
            var fence = cell.Record?.Generation ?? await GoneAt(appInstanceId, desired.Tenant, cancel);
            if (generation < fence)
            {
                return Older(appInstanceId, generation, fence);
            }

            if (generation == fence)
            {
                if (cell.View is { Record.Absent: false } same && same.Record.Desired.SameAs(desired))
                {
                    cell.FromStore = false;
                    return same with { FromStore = false };
                }

                return OtherContent(appInstanceId, generation, cell.Record is { Absent: false } ? "with other content" : "as its removal");
            }

            var record = new InstanceRecord
            {
                AppInstanceId = appInstanceId, Generation = generation, Desired = desired,
                Status = InterimStatus(cell.Status, InstancePhase.Progressing),
            };
            cell.FromStore = false;
            await Put(cell, record);
            return cell.View!;
        });

    /// <summary>Sets that it shall be absent; null when nothing of it is here. Refused: an older generation.</summary>
    public Task<Outcome<InstanceView?>> Remove(string appInstanceId, long generation, TimeSpan graceful, CancellationToken cancel) =>
        Locked<Outcome<InstanceView?>>(appInstanceId, async cell =>
        {
            if (cell.Record is not { } record)
            {
                return await RemoveUnknown(appInstanceId, generation, cancel);
            }

            if (generation < record.Generation)
            {
                return Older(appInstanceId, generation, record.Generation);
            }

            if (generation == record.Generation)
            {
                return record.Absent ? cell.View! : OtherContent(appInstanceId, generation, "as something to be kept");
            }

            // A second removal keeps what the first one began; the shorter patience wins.
            var patience = record.Absent && record.GracefulTermination < graceful ? record.GracefulTermination : graceful;
            await Put(cell, record with
            {
                Generation = generation, Absent = true, GracefulTermination = patience, Replacements = 0, WasSteady = false,
                Status = InterimStatus(cell.Status, InstancePhase.Terminating),
            });
            return cell.View!;
        });

    /// <summary>
    /// The MEO does not mean an instance of which nothing is on record here to be at this site: what is still on its way under that
    /// generation finds the door closed. False, and nothing is done, when it is on record by now.
    /// </summary>
    public Task<bool> Disown(string appInstanceId, long generation) => Locked(appInstanceId, async cell =>
    {
        if (cell.Record is not null)
        {
            return false;
        }

        await RemoveUnknown(appInstanceId, generation, CancellationToken.None);
        return true;
    });

    /// <summary>Counts a compute that is about to be deleted to be made anew. Does nothing if the generation has passed.</summary>
    public Task CountReplacement(string appInstanceId, long generation) => Locked(appInstanceId, async cell =>
    {
        if (cell.Record is { } record && record.Generation == generation)
        {
            await Put(cell, record with { Replacements = record.Replacements + 1 });
        }

        return true;
    });

    /// <summary>Shows a status; stores it when the phase is a new one. Does nothing if the generation has passed.</summary>
    public Task SetStatus(string appInstanceId, InstanceStatus status) => Locked(appInstanceId, async cell =>
    {
        if (cell.Record is not { } record || record.Generation != status.ObservedGeneration || cell.Status.SameAs(status))
        {
            return false;
        }

        var steady = status.Phase == InstancePhase.Steady;
        if (record.Status.Phase != status.Phase || (steady && !record.WasSteady))
        {
            await Put(cell, record with { Status = status, WasSteady = record.WasSteady || steady });
            return true;
        }

        cell.Status = status;
        feed.Changed(cell.View!);
        return true;
    });

    /// <summary>Nothing of it is left: the record goes, the fence stays. Does nothing if the generation has passed.</summary>
    public Task Forget(string appInstanceId, long generation) => Locked(appInstanceId, async cell =>
    {
        if (cell.Record is not { Absent: true } record || record.Generation != generation)
        {
            return false;
        }

        var tenant = record.Desired.Tenant;
        var batch = new Batch()
            .Delete(Key(tenant, appInstanceId))
            .Put(GoneKey(tenant, appInstanceId), new Tombstone(appInstanceId, generation), InstanceJson.Default.Tombstone);
        (await store.Commit(batch)).OrThrow();
        cell.Record = null;
        cell.Removed = true;
        cells.TryRemove(appInstanceId, out _);
        feed.Gone(appInstanceId, generation);
        return true;
    });

    /// <summary>The generation of the removal of an instance that is gone; 0 where none is known.</summary>
    public async Task<long> GoneAt(string appInstanceId, string tenant, CancellationToken cancel)
    {
        var own = await store.Get(GoneKey(tenant, appInstanceId), InstanceJson.Default.Tombstone, cancel);
        var general = tenant == DefaultTenant ? own : await store.Get(GoneKey(DefaultTenant, appInstanceId), InstanceJson.Default.Tombstone, cancel);
        return Math.Max(own?.Value.Generation ?? 0, general?.Value.Generation ?? 0);
    }

    private async Task<Outcome<InstanceView?>> RemoveUnknown(string appInstanceId, long generation, CancellationToken cancel)
    {
        var goneAt = await GoneAt(appInstanceId, DefaultTenant, cancel);
        if (generation < goneAt)
        {
            return Older(appInstanceId, generation, goneAt);
        }

        if (generation > goneAt)
        {
            // It was never here, or is long gone: what is still on its way to us must find the door closed.
            var batch = new Batch().Put(GoneKey(DefaultTenant, appInstanceId), new Tombstone(appInstanceId, generation), InstanceJson.Default.Tombstone);
            (await store.Commit(batch, cancel)).OrThrow();
        }

        return Outcome<InstanceView?>.Of(null);
    }

    private async Task Put(InstanceCell cell, InstanceRecord record)
    {
        var expected = cell.Version;
        cell.Version = Batch.Any; // until the store answers, nobody knows
        var batch = new Batch().Put(Key(record.Desired.Tenant, record.AppInstanceId), record, InstanceJson.Default.InstanceRecord, expected);
        var result = await store.Commit(batch);
        cell.Version = result.OrThrow();
        cell.Record = record;
        cell.Status = record.Status;
        feed.Changed(cell.View!);
    }

    private async Task<T> Locked<T>(string appInstanceId, Func<InstanceCell, Task<T>> work)
    {
        while (true)
        {
            var cell = cells.GetOrAdd(appInstanceId, static _ => new InstanceCell());
            await cell.Gate.WaitAsync();
            try
            {
                if (!cell.Removed)
                {
                    return await work(cell);
                }
            }
            finally
            {
                if (cell.Record is null && !cell.Removed)
                {
                    cell.Removed = true;
                    cells.TryRemove(appInstanceId, out _);
                }

                cell.Gate.Release();
            }
        }
    }

    /// <summary>Between acceptance and the first look: what was seen stays visible, under the generation that it answered.</summary>
    private static InstanceStatus InterimStatus(InstanceStatus seen, InstancePhase phase) => seen with { Phase = phase, Failure = null };

    private static Failure Older(string id, long asked, long last) => new(
        FailureKind.Conflict, "GENERATION_PASSED",
        $"Generation {asked} came after generation {last}, which is newer; nothing was changed. Read the newest intent again.", $"app-instance/{id}");

    private static Failure OtherContent(string id, long generation, string how) => Failure.AlreadyExists(
        "GENERATION_USED", $"Generation {generation} was already used {how}; a change needs a greater one.", $"app-instance/{id}");

    private static string Key(string tenant, string id) => $"app-instance/{tenant}/{id}";

    private static string GoneKey(string tenant, string id) => $"app-instance-gone/{tenant}/{id}";

    /// <summary>One instance; changed under its gate alone.</summary>
    private sealed class InstanceCell
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public InstanceRecord? Record { get; set; }

        public InstanceStatus Status { get; set; } = InstanceStatus.Unseen;

        public long Version { get; set; } = Batch.MustNotExist;

        public bool Removed { get; set; }

        public bool FromStore { get; set; }

        public InstanceView? View => Record is { } record ? new(record, Status, FromStore) : null;
    }
}
