using System.Collections.Concurrent;
using System.Threading.Channels;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Connection;
using Mano.VimAdapters.Kubernetes.Records;
using Mano.VimAdapters.Kubernetes.States;
using Mano.VimAdapters.Local;
using Mano.VimAdapters.Storage;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.Kubernetes.Keeping;

/// <summary>
/// Looks after the computes: at those of which a watch tells, at those on their way from time to time, and at all of them
/// now and then. What a call began and did not finish, because its caller or this process went away, is finished here.
/// </summary>
internal sealed class ComputeKeeper(KubernetesParts parts, ComputeMover mover, ObjectRemover remover, ILogger logger) : IAsyncDisposable
{
    private const int Workers = 4;

    private readonly KeyedLock keys = new();
    private readonly ToldComputes told = new();
    private readonly ConcurrentDictionary<string, Compute> known = new();
    private readonly ConcurrentDictionary<string, bool> unsettled = new();
    private readonly ConcurrentDictionary<string, bool> unswept = new();
    private readonly ConcurrentDictionary<string, Look> waiting = new();
    private readonly Channel<string> order = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource ending = new();
    private Task working = Task.CompletedTask;

    public ComputeFeed Feed => told.Feed;

    /// <summary>Begins to look after the computes.</summary>
    public void Begin()
    {
        var (stop, scope) = (ending.Token, parts.Spaces.Scope);
        Task Follow(ResourceKind kind, string space, string labels) => Task.Run(() => new ResourceFollower(parts, kind, space, labels, Heard, logger).FollowAsync(stop));
        working = Task.WhenAll(
        [
            Follow(ResourceKind.Secret, parts.Mark.Home, parts.Records.Selector),
            Follow(ResourceKind.Pod, scope, parts.Mark.Selector),
            Follow(ResourceKind.Deployment, scope, parts.Mark.Selector),
            Follow(ResourceKind.StatefulSet, scope, parts.Mark.Selector),
            Task.Run(() => PollAsync(stop)),
            .. Enumerable.Range(0, Workers).Select(_ => Task.Run(() => WorkAsync(stop))),
        ]);
    }

    /// <summary>Takes a key: one call at a time for a compute. When it is given back, the compute is looked at.</summary>
    public async Task<IDisposable> TakeAsync(string computeId, CancellationToken cancellationToken)
    {
        var key = ComputeMark.KeyOf(computeId);
        return new Taken(await keys.TakeAsync(key, cancellationToken), () => Want(key, Look.Usual));
    }

    /// <summary>The compute as it is now.</summary>
    public async Task<Compute> SeeAsync(KubeRecord record, CancellationToken cancellationToken) =>
        View(record, await mover.SeeAsync(record, cancellationToken));

    /// <summary>The compute as it is now, told to the watchers if they have not heard it yet. The caller holds the key.</summary>
    public async Task<Compute> TellAsync(KubeRecord record, CancellationToken cancellationToken) => Tell(View(record, await mover.SeeAsync(record, cancellationToken)));

    /// <summary>What the cluster has of a compute.</summary>
    public Task<ClusterState> StateAsync(KubeRecord record, CancellationToken cancellationToken) => mover.SeeAsync(record, cancellationToken);

    /// <summary>Whether something of it runs, or is about to: a bare pod that has ended does not come back.</summary>
    public async Task<bool> IsLiveAsync(KubeRecord record, CancellationToken cancellationToken) =>
        record.Kind != WorkloadKind.Pod || (await mover.SeeAsync(record, cancellationToken)).Live.Any(p => p.Status?.Phase is not ("Succeeded" or "Failed"));

    /// <summary>What of a compute may have events: what makes its pods, and those.</summary>
    public async Task<IReadOnlyList<ObjectMeta>> ObjectsAsync(KubeRecord record, CancellationToken cancellationToken)
    {
        var state = await mover.SeeAsync(record, cancellationToken);
        return [.. state.Workloads.Select(w => w.Metadata), .. state.Pods.Select(p => p.Metadata)];
    }

    /// <summary>Makes a compute that was just recorded. What the cluster refuses is not left behind; what it did not answer is finished later.</summary>
    public async Task<Compute> StartNewAsync(StoredRecord stored, Fence? before)
    {
        var record = stored.Record;
        try
        {
            stored = await mover.MoveAsync(stored, all: false, CancellationToken.None);
            Log.Made(logger, record.ComputeId, record.Fence.Last, record.Kind.ToString(), record.Namespace);
        }
        catch (Exception e) when (e is ApiRefusedException or FailureException { Failure.Kind: not (FailureKind.Unavailable or FailureKind.DeadlineExceeded or FailureKind.Conflict) })
        {
            var failure = e is ApiRefusedException refused ? ApiFailures.Of(refused, $"compute/{record.ComputeId}") : ((FailureException)e).Failure;
            Log.NotMade(logger, record.ComputeId, failure.Message);
            if (failure.Kind is not (FailureKind.Unavailable or FailureKind.Conflict))
            {
                await GiveUpAsync(stored, before ?? new());
            }

            throw new FailureException(failure, e);
        }

        return await TellAsync(stored.Record, CancellationToken.None);
    }

    /// <summary>Moves the cluster to what the record says now. The caller holds the key.</summary>
    public async Task<Compute> MoveAsync(StoredRecord stored, CancellationToken cancellationToken) =>
        await TellAsync((await mover.MoveAsync(stored, all: false, cancellationToken)).Record, cancellationToken);

    /// <summary>Removes a compute whose record says so, and buries the record. The caller holds the key.</summary>
    public async Task DeleteAsync(StoredRecord stored, CancellationToken cancellationToken)
    {
        await mover.RemoveAsync(stored, cancellationToken);
        await BuryAsync(stored, cancellationToken);
        Gone(ComputeMark.KeyOf(stored.Record.ComputeId));
        Log.Deleted(logger, stored.Record.ComputeId, stored.Record.Fence.Last);
    }

    /// <summary>Tells that it is gone, if it was ever told of.</summary>
    public void Gone(string key)
    {
        unsettled.TryRemove(key, out _);
        if (known.TryRemove(key, out var compute))
        {
            told.Gone(compute.ComputeId);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await working;
        ending.Dispose();
    }

    // A refused call leaves nothing, not even its number.
    private async Task GiveUpAsync(StoredRecord stored, Fence before)
    {
        if (await parts.Records.TryPutAsync(stored, stored.Record with { Deleting = true, Fence = before }, CancellationToken.None) is { } deleting)
        {
            await DeleteAsync(deleting, CancellationToken.None);
        }
    }

    private Compute View(KubeRecord record, ClusterState state) =>
        ComputeView.Of(record, state, parts.Objects.Enforcements(record), new(parts.Clock.GetUtcNow(), parts.Options.FaultPatience, parts.Options.StartPatience));

    private Compute Tell(Compute compute)
    {
        known[ComputeMark.KeyOf(compute.ComputeId)] = compute;
        return told.Tell(() => compute);
    }

    private async Task BuryAsync(StoredRecord stored, CancellationToken cancellationToken)
    {
        // Whoever else changed it meanwhile also deletes it, or has; its numbers must not be lost.
        for (StoredRecord? now = stored; now is { Record.Deleting: true };)
        {
            if (await parts.Records.TryPutAsync(now, now.Record.Buried(parts.Clock.GetUtcNow()), cancellationToken) is not null)
            {
                return;
            }

            now = await parts.Records.FindAsync(stored.Record.ComputeId, cancellationToken);
        }
    }

    private void Heard(string key, bool isThere) => Want(key, isThere ? Look.Usual | Look.Strays : Look.Usual);

    private void Want(string key, Look look)
    {
        var isNew = false;
        waiting.AddOrUpdate(key, _ => { isNew = true; return look; }, (_, before) => { isNew = false; return before | look; });
        if (isNew)
        {
            order.Writer.TryWrite(key);
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var key in order.Reader.ReadAllAsync(cancellationToken))
            {
                if (waiting.TryRemove(key, out var look))
                {
                    await LookAsync(key, look, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Being closed.
        }
    }

    private async Task LookAsync(string key, Look look, CancellationToken cancellationToken)
    {
        // Whoever has the key looks itself, and has it looked at again when it gives the key back.
        using var mine = keys.TryTake(key);
        if ((mine is null || !await HasLookedAsync(key, look, cancellationToken)) && look.HasFlag(Look.Strays))
        {
            // What was found of a compute without a record is not among those that are looked at by themselves: a sweep is still owed.
            unswept[key] = true;
        }
    }

    private async Task<bool> HasLookedAsync(string key, Look look, CancellationToken cancellationToken)
    {
        try
        {
            var stored = await parts.Records.FindByKeyAsync(key, cancellationToken);
            await (stored is { Record.IsLive: true } ? LookAtAsync(stored, look.HasFlag(Look.All), cancellationToken) : LookAtNothingAsync(key, look, cancellationToken));
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (FailureException e) when (e.Failure.Kind == FailureKind.Unavailable || e.Failure.Reason == RecordTable.MovedReason)
        {
            // The followers say that it is away, once, or hear of the change; it is looked at again.
        }
        catch (FailureException e)
        {
            // Busy or in somebody's way: it is looked at again, and whoever calls hears it.
            Log.NotMade(logger, known.GetValueOrDefault(key)?.ComputeId ?? key, e.Failure.Message);
        }
        catch (ApiRefusedException e)
        {
            Log.NotMade(logger, known.GetValueOrDefault(key)?.ComputeId ?? key, ApiFailures.OneLine(e.Message));
        }
#pragma warning disable CA1031 // one compute that cannot be looked at must not keep the others from being
        catch (Exception e)
        {
            Log.LookFailed(logger, key, e);
        }
#pragma warning restore CA1031
        return false;
    }

    private async Task LookAtAsync(StoredRecord stored, bool all, CancellationToken cancellationToken)
    {
        if (stored.Record.Deleting)
        {
            await TellAsync(stored.Record, cancellationToken);
            await DeleteAsync(stored, cancellationToken);
            return;
        }

        stored = await mover.MoveAsync(stored, all, cancellationToken);
        var state = await mover.SeeAsync(stored.Record, cancellationToken);
        if (ComputeView.EndedWell(stored.Record, state) is { } code)
        {
            var ended = stored.Record with { Ended = "it ended with 0; not started again, by its restart policy", ExitCode = code };
            if (await parts.Records.TryPutAsync(stored, ended, cancellationToken) is { } written)
            {
                stored = await mover.MoveAsync(written, all: false, cancellationToken);
            }
        }

        Unsettled(ComputeMark.KeyOf(stored.Record.ComputeId), stored.Record is { Kind: WorkloadKind.Chart, Ended: null } chart && !chart.HooksDone.Contains(Charts.ChartMover.Settled));
        Tell(View(stored.Record, state));
    }

    // A chart whose last hooks have not ended runs already, and must be looked at all the same.
    private void Unsettled(string key, bool isSo)
    {
        if (isSo)
        {
            unsettled[key] = true;
        }
        else
        {
            unsettled.TryRemove(key, out _);
        }
    }

    private async Task LookAtNothingAsync(string key, Look look, CancellationToken cancellationToken)
    {
        Gone(key);
        if (look.HasFlag(Look.Strays))
        {
            await remover.SweepAsync(key, parts.Spaces.Scope, cancellationToken);
        }
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        var listed = parts.Clock.GetUtcNow() - parts.Options.ResyncInterval;
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var key in known.Where(k => k.Value.State is not (ComputeState.Running or ComputeState.Stopped)).Select(k => k.Key).Concat(unsettled.Keys))
            {
                Want(key, Look.Usual);
            }

            foreach (var key in unswept.Keys.Where(k => unswept.TryRemove(k, out _)))
            {
                Want(key, Look.Usual | Look.Strays);
            }

            if (parts.Clock.GetUtcNow() - listed >= parts.Options.ResyncInterval && await ResyncAsync(cancellationToken))
            {
                listed = parts.Clock.GetUtcNow();
            }

            await Task.Delay(parts.Options.PollInterval, parts.Clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> ResyncAsync(CancellationToken cancellationToken)
    {
        try
        {
            parts.Spaces.Forget();
            var forgetBefore = parts.Clock.GetUtcNow() - parts.Options.FenceRetention;
            foreach (var stored in await parts.Records.AllAsync(cancellationToken))
            {
                if (stored.Record.BuriedAt < forgetBefore)
                {
                    await parts.Records.ForgetAsync(stored, cancellationToken);
                }
                else if (stored.Record.IsLive)
                {
                    Want(ComputeMark.KeyOf(stored.Record.ComputeId), Look.Usual | Look.All);
                }
            }

            return true;
        }
        catch (Exception e) when (e is FailureException or ApiRefusedException or OperationCanceledException)
        {
            // The followers say that the server is away; it is tried again at the next interval.
            return false;
        }
    }

    [Flags]
    private enum Look
    {
        Usual = 1,
        Strays = 2,
        All = 4,
    }

    private sealed class Taken(IDisposable key, Action afterwards) : IDisposable
    {
        public void Dispose()
        {
            key.Dispose();
            afterwards();
        }
    }
}
