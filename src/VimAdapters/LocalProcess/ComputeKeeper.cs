using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Local;
using Mano.VimAdapters.LocalProcess.Machine;
using Mano.VimAdapters.LocalProcess.Supervision;
using Mano.VimAdapters.Storage;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.LocalProcess;

/// <summary>
/// Brings computes to what their records intend, when a call asks for it and whenever it looks: what a call began
/// and did not finish, because its caller or this process went away, is finished here.
/// </summary>
internal sealed class ComputeKeeper(
    ComputeTable table, VimFolder folder, Launcher launcher, LocalProcessOptions options, TimeProvider clock, ILogger logger) : IAsyncDisposable
{
    private readonly KeyedLock keys = new();
    private readonly Remains remains = new(folder.VimId, clock);
    private readonly ToldComputes told = new();
    private readonly CancellationTokenSource ending = new();
    private Task looking = Task.CompletedTask;

    public ComputeFeed Feed => told.Feed;

    /// <summary>Begins to look after the computes.</summary>
    public void Begin() => looking = Task.Run(() => LookAsync(ending.Token));

    /// <summary>Takes a key: one call at a time for a compute.</summary>
    public Task<IDisposable> TakeAsync(string computeId, CancellationToken cancellationToken) => keys.TakeAsync(computeId, cancellationToken);

    /// <summary>The compute as it is now.</summary>
    public Compute See(ComputeRecord record)
    {
        var state = launcher.StateOf(record);
        return ComputeView.Of(record, state, Launcher.Lives(state), state is { ExitCode: 137 } && Cgroups.KilledForMemory(record.Groups) > 0);
    }

    /// <summary>The compute as it is now, told to the watchers if they have not heard it yet.</summary>
    public Compute Tell(ComputeRecord record) => told.Tell(() => See(record));

    /// <summary>Starts a compute that was just recorded. What cannot be started is not left behind.</summary>
    public async Task<ComputeRecord> StartNewAsync(ComputeRecord record)
    {
        try
        {
            return await StartAsync(record);
        }
        catch (Exception e)
        {
            Log.NotStarted(logger, record.ComputeId, e.Message);
            await RemoveAsync(record, CancellationToken.None);
            throw e is IOException { HResult: 28 } ? VimFailures.NoRoom($"compute/{record.ComputeId}", $"The disk is full: {e.Message}").ToException() : e;
        }
    }

    /// <summary>Does what the record intends, as far as it is not done. The caller holds the key.</summary>
    public async Task<ComputeRecord> MoveAsync(ComputeRecord record, CancellationToken cancellationToken)
    {
        if (record.Desired == PowerState.Stopped)
        {
            await StopAsync(record, cancellationToken);
            return record;
        }

        return Runs(record) ? record : await RepairAsync(record, cancellationToken);
    }

    /// <summary>Whether it was meant to run and is in the care of its supervisor.</summary>
    public bool Runs(ComputeRecord record) =>
        record.Desired == PowerState.Started && launcher.StateOf(record) is { Phase: not RunPhase.Ended } state && Launcher.Lives(state);

    /// <summary>Stops and removes a compute; returns when nothing of it is left. The caller holds the key.</summary>
    public async Task DeleteAsync(ComputeRecord record, CancellationToken cancellationToken)
    {
        await launcher.AskToStopAsync(record, cancellationToken);
        await RemoveAsync(record, cancellationToken);
        Log.Deleted(logger, record.ComputeId, record.Fence.Last);
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await looking;
        if (options.Ephemeral)
        {
            await Task.WhenAll(table.All.Select(async record =>
            {
                using var key = await keys.TakeAsync(record.ComputeId, CancellationToken.None);
                if (table.Find(record.ComputeId) is { } present)
                {
                    await DeleteAsync(present, CancellationToken.None);
                }
            }));
        }

        launcher.Groups.RemoveEmptyBases();
        ending.Dispose();
    }

    private async Task StopAsync(ComputeRecord record, CancellationToken cancellationToken)
    {
        await launcher.AskToStopAsync(record, cancellationToken);
        await KillAsync(record, cancellationToken);
    }

    private async Task RemoveAsync(ComputeRecord record, CancellationToken cancellationToken)
    {
        await KillAsync(record, cancellationToken);

        // Groups recorded and groups of this machine's present layout: the former may be of an earlier one.
        var groups = record.Groups.Union(launcher.Groups.FoldersOf(record.ComputeId)).ToArray();
        var started = clock.GetTimestamp();
        while (!Cgroups.Remove(groups))
        {
            // The kernel takes a moment to count out what was killed.
            await Task.Delay(TimeSpan.FromMilliseconds(5), clock, cancellationToken);
            DemandProgress(record, clock.GetElapsedTime(started));
        }

        launcher.Groups.RemoveEmptyBases();
        table.Remove(record);
        told.Gone(record.ComputeId);
    }

    private async Task KillAsync(ComputeRecord record, CancellationToken cancellationToken)
    {
        if (!await remains.KillAsync(record.ComputeId, [.. record.Groups], options.KillPatience, cancellationToken))
        {
            DemandProgress(record, options.KillPatience);
        }
    }

    private void DemandProgress(ComputeRecord record, TimeSpan waited)
    {
        if (waited >= options.KillPatience)
        {
            Log.DoesNotGo(logger, record.ComputeId, options.KillPatience);
            throw VimFailures.DoesNotGo(record.ComputeId, $"Something of it is still there {options.KillPatience.TotalSeconds} s after it was killed; it is looked for again.").ToException();
        }
    }

    private async Task<ComputeRecord> StartAsync(ComputeRecord record)
    {
        var prepared = table.Put(launcher.Prepare(record, CancellationToken.None));
        Log.Starts(logger, prepared.ComputeId, prepared.Fence.Last, prepared.Run, prepared.Address);
        await launcher.StartAsync(prepared, CancellationToken.None);
        return prepared;
    }

    private async Task<ComputeRecord> StartAgainAsync(ComputeRecord record)
    {
        await KillAsync(record, CancellationToken.None);
        try
        {
            return await StartAsync(record);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FailureException or System.ComponentModel.Win32Exception)
        {
            Log.NotStarted(logger, record.ComputeId, e.Message);
            return table.Put(record with { GaveUp = $"it could not be started: {e.Message}" });
        }
    }

    /// <summary>A compute that should run and has no supervisor: never started, or killed, or the machine restarted.</summary>
    private async Task<ComputeRecord> RepairAsync(ComputeRecord record, CancellationToken cancellationToken)
    {
        if (launcher.StateOf(record) is { Phase: RunPhase.Ended } || record.GaveUp is not null)
        {
            return record;
        }

        var said = RunState.ReadIfAny(folder.State(record.ComputeId));
        if (said is null || said.Run != record.Run)
        {
            return await StartAgainAsync(record);
        }

        Log.LostSupervisor(logger, record.ComputeId);
        var why = said.BootId == ProcessTable.BootId ? "its supervisor was killed" : "the machine restarted";
        if (record.Spec.RestartPolicy == RestartPolicy.Never)
        {
            await KillAsync(record, cancellationToken);
            return table.Put(record with { GaveUp = $"{why} while it ran; not started again, by its restart policy" });
        }

        return await StartAgainAsync(record with { Restarts = said.Restarts + 1 });
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        using var changed = new SemaphoreSlim(0);
        using var watcher = WatchIfPossible(changed);
        var swept = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (!swept)
                {
                    await KillStraysAsync(cancellationToken);
                    swept = true;
                }

                await Task.WhenAll(table.All.Select(record => LookAtAsync(record.ComputeId, cancellationToken)));
                table.Forget(clock.GetUtcNow() - options.FenceRetention);
                await changed.WaitAsync(options.PollInterval, cancellationToken);
                while (changed.Wait(TimeSpan.Zero, CancellationToken.None))
                {
                    // Several changes are one look.
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // looking after the computes must outlive whatever one look meets
            catch (Exception e)
            {
                Log.LookFailed(logger, "*", e);
                await Task.Delay(options.PollInterval, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
#pragma warning restore CA1031
        }
    }

    /// <summary>Hears of changes at once where the machine has watches to spare; otherwise they are seen when looked for.</summary>
    private FileSystemWatcher? WatchIfPossible(SemaphoreSlim changed)
    {
        try
        {
            var watcher = new FileSystemWatcher(folder.Runs, "*.state") { NotifyFilter = NotifyFilters.FileName };
            watcher.Renamed += (_, _) => Wake(changed);
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (IOException e)
        {
            Log.NoWatch(logger, options.PollInterval, e.Message);
            return null;
        }
    }

    private static void Wake(SemaphoreSlim changed)
    {
        try
        {
            changed.Release();
        }
        catch (ObjectDisposedException)
        {
            // The adapter closed while the news was on its way.
        }
    }

    private async Task LookAtAsync(string computeId, CancellationToken cancellationToken)
    {
        using var key = keys.TryTake(computeId);
        if (key is null || table.Find(computeId) is not { } record)
        {
            return;
        }

        try
        {
            if (record.Deleting)
            {
                await DeleteAsync(record, cancellationToken);
            }
            else
            {
                Tell(NeedsMove(record) ? await MoveAsync(record, cancellationToken) : record);
            }
        }
#pragma warning disable CA1031 // the loop must outlive whatever one compute meets
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.LookFailed(logger, computeId, e);
        }
#pragma warning restore CA1031
    }

    private bool NeedsMove(ComputeRecord record)
    {
        var state = launcher.StateOf(record);
        var lives = Launcher.Lives(state);
        return record.Desired == PowerState.Stopped ? lives : !lives && record.GaveUp is null && state is not { Phase: RunPhase.Ended };
    }

    /// <summary>
    /// Kills what bears our mark and should not live: of no compute, because a process died before it could record
    /// that all is gone; or of one that stands still, because a process died between asking and insisting.
    /// </summary>
    private async Task KillStraysAsync(CancellationToken cancellationToken)
    {
        foreach (var computeId in remains.Marked())
        {
            using var key = await keys.TakeAsync(computeId, cancellationToken);
            if (table.Find(computeId) is not { } record)
            {
                await remains.KillAsync(computeId, [], options.KillPatience, cancellationToken);
                Log.KilledStrays(logger, computeId);
            }
            else if (record is { Desired: PowerState.Stopped, Deleting: false })
            {
                await StopAsync(record, cancellationToken);
            }
        }
    }
}
