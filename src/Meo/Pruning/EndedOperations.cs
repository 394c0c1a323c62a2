using Mano.Meo.Lifecycle;
using Mano.Meo.Northbound;
using Mano.Mesh.State;
using Mano.Sagas;

namespace Mano.Meo.Pruning;

/// <summary>
/// Removes operations that have ended long ago, with their places in the indexes. Ids grow with time, so the oldest come
/// first and the look stops at the first that is young: what is young is never read. A few at a time, each with the version
/// that was judged; an operation that has not ended is never touched.
/// </summary>
internal sealed class EndedOperations(IStateStore store, OperationReader operations, PruningOptions options, IdempotencyOptions keys, TimeProvider clock)
{
    private const int PageSize = 200;
    private const int MostOfOneTurn = 2000;
    private const string SubjectPrefix = "app-instance/";

    private readonly SlowWalk walk = new(store, OperationIndex.OfAll, options.KeepOperations / 7);
    private string instance = "";
    private int seen;

    /// <summary>Those past their time. Returns how many.</summary>
    public async Task<int> PruneOld(ShardFence fence, CancellationToken cancel)
    {
        var cutoff = clock.GetUtcNow() - options.KeepOperations;
        var removed = 0;
        string? after = null;
        while (removed < MostOfOneTurn)
        {
            var page = await store.Scan(OperationKeys.Records(Tenants.Default), after, PageSize, cancel);
            var old = page.Entries.Select(OperationReader.Read).TakeWhile(o => o.Value.AcceptedAt < cutoff).ToList();
            removed += await Remove([.. old.Where(o => o.Value.State.IsFinal() && o.Value.StateEnteredAt < cutoff)], fence, cancel);
            if (old.Count < page.Entries.Count || !page.HasMore)
            {
                break;
            }

            after = page.Entries[^1].Key;
        }

        return removed;
    }

    /// <summary>A part of the walk over the operations of each instance, newest first: those beyond the most that are kept go.</summary>
    public Task PruneMany(ShardFence fence, CancellationToken cancel)
    {
        if (walk.After is null)
        {
            (instance, seen) = ("", 0);
        }

        return walk.Turn(options.Every, (entry, token) => Visit(entry, fence, token), cancel);
    }

    private async ValueTask Visit(Entry entry, ShardFence fence, CancellationToken cancel)
    {
        var (whose, id) = OperationIndex.Read(entry.Key);
        (instance, seen) = whose == instance ? (whose, seen + 1) : (whose, 1);
        if (seen > options.MostOfOneInstance
            && await operations.Find(Tenants.Default, id, cancel) is { } found
            && found.Value.State.IsFinal()
            && found.Value.StateEnteredAt < clock.GetUtcNow() - keys.KeptFor)
        {
            await Remove([found], fence, cancel);
        }
    }

    private async Task<int> Remove(IReadOnlyList<Stored<OperationRecord>> ended, ShardFence fence, CancellationToken cancel)
    {
        if (ended.Count == 0)
        {
            return 0;
        }

        var batch = new Batch().Under(fence);
        foreach (var operation in ended)
        {
            batch.Delete(operation.Key, operation.Version);
            OperationIndex.Remove(batch, operation.Value.Subject[SubjectPrefix.Length..], operation.Value.Id);
        }

        // A conflict means that another owner is at the same work: the next turn looks anew.
        return (await store.Commit(batch, cancel)).IsCommitted ? ended.Count : 0;
    }
}
