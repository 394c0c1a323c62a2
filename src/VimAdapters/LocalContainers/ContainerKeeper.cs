using System.Globalization;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Local;
using Mano.VimAdapters.LocalContainers.Engine;
using Mano.VimAdapters.Storage;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.LocalContainers;

/// <summary>
/// Looks after the computes: at what the engine tells, and from time to time at all of them. What a call began and did not
/// finish, because its caller, this process or the engine went away, is finished here.
/// </summary>
internal sealed class ContainerKeeper(EngineLink link, ContainerMover mover, ContainerVolumes volumes, ContainerTable table, ILogger logger) : IAsyncDisposable
{
    private readonly KeyedLock keys = new();
    private readonly ToldComputes told = new();
    private readonly HashSet<string> looks = [];
    private readonly SemaphoreSlim wake = new(0);
    private readonly CancellationTokenSource ending = new();
    private Task working = Task.CompletedTask;

    public ComputeFeed Feed => told.Feed;

    /// <summary>Begins to look after the computes.</summary>
    public void Begin() => working = Task.WhenAll(Task.Run(() => LookAsync(ending.Token)), Task.Run(() => ListenAsync(ending.Token)));

    /// <summary>Takes a key: one call at a time for a compute.</summary>
    public Task<IDisposable> TakeAsync(string computeId, CancellationToken cancellationToken) => keys.TakeAsync(computeId, cancellationToken);

    /// <summary>The compute as it is now.</summary>
    public async Task<Compute> SeeAsync(ContainerRecord record, CancellationToken cancellationToken)
    {
        var facts = await link.FactsAsync(cancellationToken);
        var container = await mover.FindAsync(record, cancellationToken);
        return ContainerView.Of(record, container, mover.LastExit(record.ComputeId), ContainerRequest.Enforcements(record.Spec, facts, link.Options));
    }

    /// <summary>The compute as it is now, told to the watchers if they have not heard it yet. The caller holds the key.</summary>
    public async Task<Compute> TellAsync(ContainerRecord record, CancellationToken cancellationToken)
    {
        var compute = await SeeAsync(record, cancellationToken);
        return told.Tell(() => compute);
    }

    /// <summary>Makes a compute that was just recorded. What the engine refuses is not left behind; what it did not answer is finished later.</summary>
    public async Task<ContainerRecord> StartNewAsync(ContainerRecord record)
    {
        try
        {
            return await mover.MoveAsync(record, CancellationToken.None);
        }
        catch (Exception e) when (e is EngineRefusedException or FailureException { Failure.Kind: not (FailureKind.Unavailable or FailureKind.DeadlineExceeded) })
        {
            var failure = e is EngineRefusedException refused ? EngineFailures.Of(refused, record.ComputeId, record.Spec) : ((FailureException)e).Failure;
            Log.NotStarted(logger, record.ComputeId, failure.Message);
            await DeleteAsync(table.Put(record with { Deleting = true }), CancellationToken.None);
            throw new FailureException(failure, e);
        }
    }

    /// <summary>Does what a record intends; a refusal ends in what the contract says.</summary>
    public async Task<ContainerRecord> MoveAsync(ContainerRecord record, CancellationToken cancellationToken)
    {
        try
        {
            return await mover.MoveAsync(record, cancellationToken);
        }
        catch (EngineRefusedException e)
        {
            throw new FailureException(EngineFailures.Of(e, record.ComputeId, record.Spec), e);
        }
    }

    /// <summary>Removes a compute and its record; returns when nothing of it is left. The caller holds the key.</summary>
    public async Task DeleteAsync(ContainerRecord record, CancellationToken cancellationToken)
    {
        await mover.RemoveAsync(record.ComputeId, cancellationToken);
        table.Remove(record);
        told.Gone(record.ComputeId);
        Log.Deleted(logger, record.ComputeId, record.Fence.Last);
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await working;
        while (true)
        {
            lock (looks)
            {
                if (looks.Count == 0)
                {
                    break;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), link.Clock, CancellationToken.None);
        }

        wake.Dispose();
        ending.Dispose();
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                // What happened before the stream was open is found by the look that this wakes.
                await foreach (var happened in link.Engine.EventsAsync(link.Mark.OwnerLabel, () => wake.Release(), cancellationToken))
                {
                    Hear(happened, cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // listening must outlive whatever the engine says; what is missed is seen by looking
            catch (Exception e)
            {
                link.SawAway(e is FailureException { Failure: var failure } ? failure.Message : e.Message);
            }
#pragma warning restore CA1031

            await Task.Delay(Shorter(link.Options.PollInterval), link.Clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Hear(EngineEvent happened, CancellationToken cancellationToken)
    {
        if (happened.Actor?.Attributes is not { } attributes || attributes.GetValueOrDefault(Mark.Compute) is not { } computeId || !IsId(computeId))
        {
            return;
        }

        if (happened.Action is "die" or "died" && int.TryParse(attributes.GetValueOrDefault("exitCode") ?? attributes.GetValueOrDefault("containerExitCode"), CultureInfo.InvariantCulture, out var code))
        {
            mover.SawExit(computeId, code);
        }

        lock (looks)
        {
            if (!looks.Add(computeId))
            {
                return;
            }
        }

        _ = Task.Run(() => LookSoonAsync(computeId, cancellationToken), CancellationToken.None);
    }

    /// <summary>Looks as soon as nobody else works on the compute: what happened meanwhile must not be missed.</summary>
    private async Task LookSoonAsync(string computeId, CancellationToken cancellationToken)
    {
        try
        {
            using var key = await keys.TakeAsync(computeId, cancellationToken);
            lock (looks)
            {
                looks.Remove(computeId);
            }

            await LookAtAsync(computeId, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The adapter closes.
        }
        finally
        {
            lock (looks)
            {
                looks.Remove(computeId);
            }
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await link.FactsAsync(cancellationToken);
                var labelled = await link.Engine.ListAsync([link.Mark.OwnerLabel], cancellationToken);
                link.SawBack();
                var named = labelled.Select(c => c.Labels?.GetValueOrDefault(Mark.Compute) ?? "").Union(await volumes.OwnersAsync(cancellationToken));
                var ids = table.All.Select(r => r.ComputeId).Union(named.Where(IsId));
                await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken }, LookIfFreeAsync);
                table.Forget(link.Clock.GetUtcNow() - link.Options.FenceRetention);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (FailureException e) when (e.Failure.Kind is FailureKind.Unavailable or FailureKind.DeadlineExceeded or FailureKind.Forbidden or FailureKind.Unimplemented)
            {
                link.SawAway(e.Failure.Message);
            }
#pragma warning disable CA1031 // looking after the computes must outlive whatever one look meets
            catch (Exception e)
            {
                Log.LookFailed(logger, "*", e);
            }
#pragma warning restore CA1031

            await ((Task)wake.WaitAsync(link.Options.PollInterval, cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async ValueTask LookIfFreeAsync(string computeId, CancellationToken cancellationToken)
    {
        using var key = keys.TryTake(computeId);
        if (key is not null)
        {
            await LookAtAsync(computeId, cancellationToken);
        }
    }

    private async Task LookAtAsync(string computeId, CancellationToken cancellationToken)
    {
        try
        {
            if ((table.Find(computeId) ?? await AdoptAsync(computeId, cancellationToken)) is not { } record)
            {
                await volumes.SweepAsync(computeId, cancellationToken);
                return;
            }

            if (record.Deleting)
            {
                await DeleteAsync(record, cancellationToken);
                return;
            }

            await CheckHealthAsync(record, cancellationToken);
            await TellAsync(await MoveOrGiveUpAsync(record, cancellationToken), cancellationToken);
        }
        catch (FailureException e) when (e.Failure.Kind is FailureKind.Unavailable or FailureKind.DeadlineExceeded)
        {
            link.SawAway(e.Failure.Message);
        }
#pragma warning disable CA1031 // the loop must outlive whatever one compute meets
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.LookFailed(logger, computeId, e);
        }
#pragma warning restore CA1031
    }

    private async Task<ContainerRecord> MoveOrGiveUpAsync(ContainerRecord record, CancellationToken cancellationToken)
    {
        try
        {
            return await MoveAsync(record, cancellationToken);
        }
        catch (FailureException e) when (e.Failure is { Retryable: false })
        {
            Log.NotStarted(logger, record.ComputeId, e.Failure.Message);
            return table.Put(record with { GaveUp = $"it could not be started: {e.Failure.Message}" });
        }
    }

    /// <summary>
    /// A container of ours that no record knows: it came after its delete, then it goes; or our folder was lost, then it is
    /// taken over, so that nothing of ours is out of reach.
    /// </summary>
    private async Task<ContainerRecord?> AdoptAsync(string computeId, CancellationToken cancellationToken)
    {
        var container = await link.Engine.InspectIfAnyAsync(link.Mark.Container(computeId), cancellationToken);
        if (container?.Config?.Labels is not { } labels || labels.GetValueOrDefault(Mark.Vim) != link.Mark.Owner)
        {
            return null;
        }

        var record = AdoptedRecord.Read(labels, ContainerView.IsLive(container));
        if (record is null || record.Fence.Last <= table.FenceOf(computeId).Sealed)
        {
            Log.RemovedStray(logger, computeId);
            await mover.RemoveAsync(computeId, cancellationToken);
            return null;
        }

        Log.Adopted(logger, computeId);
        return table.Put(record);
    }

    /// <summary>Podman runs health checks only when asked.</summary>
    private async Task CheckHealthAsync(ContainerRecord record, CancellationToken cancellationToken)
    {
        if ((await link.FactsAsync(cancellationToken)).IsPodman && record is { StartPending: false, Desired: PowerState.Started }
            && await mover.FindAsync(record, cancellationToken) is { State.Status: "running", Config.Healthcheck.Test.Count: > 1 } container)
        {
            try
            {
                await link.Engine.RunHealthCheckAsync(container.Id, cancellationToken);
            }
            catch (EngineRefusedException)
            {
                // It has just ended, or is starting: the next look asks again.
            }
        }
    }

    private static TimeSpan Shorter(TimeSpan interval) => interval < TimeSpan.FromSeconds(1) ? interval : TimeSpan.FromSeconds(1);

    private static bool IsId(string computeId)
    {
        try
        {
            RequestRules.CheckId(computeId);
            return true;
        }
        catch (FailureException)
        {
            return false;
        }
    }
}
