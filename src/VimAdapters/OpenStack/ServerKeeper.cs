using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Local;
using Mano.VimAdapters.OpenStack.Http;
using Mano.VimAdapters.OpenStack.Nova;
using Mano.VimAdapters.Storage;

namespace Mano.VimAdapters.OpenStack;

/// <summary>
/// Looks after the computes: often while something is on its way, seldom else; each time only at what changed since, and from time to
/// time at all. What a call began and did not finish, because its caller, this process or the cloud went away, is finished here.
/// </summary>
internal sealed class ServerKeeper(CloudState cloud, ServerMover mover, ServerSweep sweep, ServerTable table, SiteTerms terms, NovaClient nova) : IAsyncDisposable
{
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(5);

    private readonly KeyedLock keys = new();
    private readonly ToldComputes told = new();
    private readonly SemaphoreSlim wake = new(0, int.MaxValue);
    private readonly CancellationTokenSource ending = new();
    private Task working = Task.CompletedTask;
    private DateTimeOffset? newest;
    private long? sweptAt;
    private HashSet<string> suspects = [];

    public ComputeFeed Feed => told.Feed;

    /// <summary>Begins to look after the computes.</summary>
    public void Begin() => working = Task.Run(() => LookAsync(ending.Token));

    /// <summary>Takes a key: one call at a time for a compute.</summary>
    public Task<IDisposable> TakeAsync(string computeId, CancellationToken cancellationToken) => keys.TakeAsync(computeId, cancellationToken);

    /// <summary>The compute as it is now.</summary>
    public async Task<Compute> SeeAsync(ServerRecord record, CancellationToken cancellationToken) =>
        ServerView.Of(record, await mover.SeeAsync(record, cancellationToken), terms.Options);

    /// <summary>The compute as it was just seen, told to the watchers if they have not heard it yet. The caller holds the key.</summary>
    public Compute Tell(ServerRecord record)
    {
        var compute = told.Tell(() => ServerView.Of(record, mover.LastSeen(record.ComputeId), terms.Options));
        if (ServerView.IsOnItsWay(record, mover.LastSeen(record.ComputeId)))
        {
            wake.Release();
        }

        return compute;
    }

    /// <summary>Makes a compute that was just recorded. What the cloud refuses is not left behind; what it did not answer is finished later.</summary>
    public async Task<ServerRecord> StartNewAsync(ServerRecord record)
    {
        try
        {
            return await mover.MoveAsync(record, null, CancellationToken.None);
        }
        catch (Exception e) when (e is OpenStackRefusedException or FailureException)
        {
            var failure = FailureOf(e, record);
            Log.NotStarted(terms.Logger, record.ComputeId, failure.Message);
            if (failure.Kind is FailureKind.Unavailable or FailureKind.DeadlineExceeded)
            {
                wake.Release();
            }
            else
            {
                await DeleteAsync(table.Put((table.Find(record.ComputeId) ?? record) with { Deleting = true }), CancellationToken.None);
            }

            throw new FailureException(failure, e);
        }
    }

    /// <summary>Does what a record intends; a refusal ends in what the contract says.</summary>
    public async Task<ServerRecord> MoveAsync(ServerRecord record, CancellationToken cancellationToken, ServerDetails? known = null)
    {
        try
        {
            return await mover.MoveAsync(record, known, cancellationToken);
        }
        catch (OpenStackRefusedException e)
        {
            throw new FailureException(FailureOf(e, record), e);
        }
    }

    /// <summary>Removes a compute and its record; returns when nothing of it is left. The caller holds the key.</summary>
    public async Task DeleteAsync(ServerRecord record, CancellationToken cancellationToken)
    {
        await mover.RemoveAsync(record.ComputeId, record, cancellationToken);
        table.Remove(record);
        told.Gone(record.ComputeId);
        Log.Deleted(terms.Logger, record.ComputeId, record.Fence.Last);
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await working;
        wake.Dispose();
        ending.Dispose();
    }

    private static Failure FailureOf(Exception e, ServerRecord record) =>
        e is OpenStackRefusedException refused ? OpenStackFailures.Of(refused, record.ComputeId, record.Spec) : ((FailureException)e).Failure;

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await cloud.FactsAsync(cancellationToken);
                await LookAtChangesAsync(cancellationToken);
                cloud.SawBack();
                table.Forget(terms.Clock.GetUtcNow() - terms.Options.FenceRetention);
            }
#pragma warning disable CA1031 // a look that is broken off may end in any way, and nobody needs to hear of it
            catch (Exception) when (cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                return;
            }
            catch (Exception e) when (e is OpenStackRefusedException || e is FailureException { Failure.Kind: not FailureKind.Internal })
            {
                cloud.SawAway(e is FailureException { Failure: var failure } ? failure.Message : e.Message);
            }
#pragma warning disable CA1031 // looking after the computes must outlive whatever one look meets
            catch (Exception e)
            {
                Log.LookFailed(terms.Logger, "*", e);
            }
#pragma warning restore CA1031

            await WaitAsync(cancellationToken);
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        // Somebody's new compute shortens a long wait, and only to the short one: a crowd of calls does not become a crowd of looks.
        if (!table.All.Any(r => ServerView.IsOnItsWay(r, mover.LastSeen(r.ComputeId))))
        {
            await ((Task)wake.WaitAsync(terms.Options.SlowPoll, cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        while (wake.Wait(TimeSpan.Zero, CancellationToken.None))
        {
            // One look is for all of them.
        }

        await Task.Delay(terms.Options.FastPoll, terms.Clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task LookAtChangesAsync(CancellationToken cancellationToken)
    {
        var isFull = newest is null || sweptAt is null || terms.Clock.GetElapsedTime(sweptAt.Value) >= terms.Options.SweepInterval;
        var servers = await nova.ListAsync(terms.Mark.AllServers, isFull ? null : newest - Overlap, cancellationToken);
        var ours = servers.Where(terms.Mark.IsOurs).GroupBy(s => s.Metadata[Mark.Compute]).Where(g => RequestRules.IsKey(g.Key)).ToDictionary(g => g.Key, g => g.ToArray());
        var latest = servers.Select(s => s.Updated ?? s.Created).DefaultIfEmpty(newest ?? default).Max();
        newest = latest == default ? null : latest;

        // A deleted server has lost its marks: its record is looked at as one that is on its way.
        var deleted = servers.Where(s => s.Status == "DELETED").Select(s => s.Id).ToHashSet();
        var ids = table.All.Where(r => isFull || ServerView.IsOnItsWay(r, mover.LastSeen(r.ComputeId)) || (r.ServerId is { } id && deleted.Contains(id)))
            .Select(r => r.ComputeId).Union(ours.Where(o => isFull || o.Value.Any(IsNews)).Select(o => o.Key));
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken },
            async (id, token) => await LookIfFreeAsync(id, ours.GetValueOrDefault(id, []), token));
        if (isFull)
        {
            await SweepAsync(ours.Keys, cancellationToken);
        }
    }

    private bool IsNews(ServerDetails server) => mover.LastSeen(server.Metadata[Mark.Compute]) is not { } before
        || before.Id != server.Id || before.Status != server.Status || before.TaskState != server.TaskState || before.Updated != server.Updated;

    private async Task SweepAsync(IReadOnlyCollection<string> withServers, CancellationToken cancellationToken)
    {
        // What was not known at two looks: between them a call may have begun that made it.
        var unknown = new HashSet<string>(StringComparer.Ordinal);
        var loose = await sweep.SweepAsync(
            id =>
            {
                if (table.Find(id) is not null || withServers.Contains(id))
                {
                    return true;
                }

                unknown.Add(id);
                return !suspects.Contains(id);
            },
            cancellationToken);
        suspects = unknown;
        sweptAt = terms.Clock.GetTimestamp();
        foreach (var (computeId, portId) in loose)
        {
            using var key = keys.TryTake(computeId);
            if (key is not null && table.Find(computeId) is { Deleting: false, ServerId: not null } record)
            {
                await mover.AttachAsync(record, portId, cancellationToken);
            }
        }
    }

    private async ValueTask LookIfFreeAsync(string computeId, IReadOnlyList<ServerDetails> servers, CancellationToken cancellationToken)
    {
        using var key = keys.TryTake(computeId);
        if (key is null)
        {
            return;
        }

        try
        {
            await LookAtAsync(computeId, servers, cancellationToken);
        }
#pragma warning disable CA1031 // a look that is broken off may end in any way, and nobody needs to hear of it
        catch (Exception) when (cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return;
        }
        catch (Exception e) when (e is OpenStackRefusedException or FailureException { Failure.Kind: FailureKind.Unavailable or FailureKind.DeadlineExceeded })
        {
            cloud.SawAway(e is FailureException { Failure: var failure } ? failure.Message : e.Message);
        }
        catch (FailureException e) when (e.Failure.Kind is not FailureKind.Internal)
        {
            // The cloud says no for now (busy, in use, in another's hands): it is as far as it is, and the next look tries again.
            Log.NotNow(terms.Logger, computeId, e.Failure.Message);
        }
#pragma warning disable CA1031 // the loop must outlive whatever one compute meets
        catch (Exception e)
        {
            Log.LookFailed(terms.Logger, computeId, e);
        }
#pragma warning restore CA1031
    }

    private async Task LookAtAsync(string computeId, IReadOnlyList<ServerDetails> servers, CancellationToken cancellationToken)
    {
        if ((table.Find(computeId) ?? await AdoptAsync(computeId, servers, cancellationToken)) is not { } record)
        {
            return;
        }

        if (record.Deleting)
        {
            await DeleteAsync(record, cancellationToken);
            return;
        }

        if (servers.Count > 1 || (record.ServerId is not null && servers.Any(s => s.Id != record.ServerId)))
        {
            record = await mover.RemoveTwinsAsync(record, servers, cancellationToken);
        }

        Tell(await MoveOrGiveUpAsync(record, servers.FirstOrDefault(s => s.Id == record.ServerId), cancellationToken));
    }

    private async Task<ServerRecord> MoveOrGiveUpAsync(ServerRecord record, ServerDetails? known, CancellationToken cancellationToken)
    {
        try
        {
            return await MoveAsync(record, cancellationToken, known);
        }
        catch (FailureException e) when (e.Failure is { Retryable: false })
        {
            Log.NotStarted(terms.Logger, record.ComputeId, e.Failure.Message);
            return table.Put((table.Find(record.ComputeId) ?? record) with { GaveUp = $"it could not be started: {e.Failure.Message}" });
        }
    }

    /// <summary>
    /// A server of ours that no record knows: it came after its delete, then it goes; or our folder was lost, then it is taken over, so
    /// that nothing of ours is out of reach.
    /// </summary>
    private async Task<ServerRecord?> AdoptAsync(string computeId, IReadOnlyList<ServerDetails> servers, CancellationToken cancellationToken)
    {
        ServerRecord? adopted = null;
        foreach (var server in servers.Where(s => s.Status != "DELETED" && s.TaskState != "deleting").OrderBy(s => s.Created).ThenBy(s => s.Id, StringComparer.Ordinal))
        {
            if (adopted is null && AdoptedRecord.Read(server) is { } record && record.Fence.Last > table.FenceOf(computeId).Sealed)
            {
                Log.Adopted(terms.Logger, computeId);
                adopted = table.Put(record);
                continue;
            }

            Log.RemovedServer(terms.Logger, server.Id, computeId, adopted is null ? "the compute was deleted, and this came late" : "the compute has another");
            await nova.DeleteAsync(server.Id, cancellationToken);
        }

        return adopted;
    }
}
