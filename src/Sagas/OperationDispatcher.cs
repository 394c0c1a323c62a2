using System.Collections.Concurrent;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Logging;

namespace Mano.Sagas;

/// <summary>
/// Knows which operations run here. It follows the entries of open operations: a new entry in a shard of ours is begun, a changed
/// one is told to look at what was asked of it.
/// </summary>
internal sealed class OperationDispatcher : IAsyncDisposable
{
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly OperationReader operations;
    private readonly IStateStore store;
    private readonly IReadOnlyDictionary<string, OperationTable> tables;
    private readonly RetryPolicy retry;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly ShardKeeper shards;
    private readonly ConcurrentDictionary<string, Running> running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stop = new();
    private Task background = Task.CompletedTask;

    public OperationDispatcher(OperationReader operations, IReadOnlyDictionary<string, OperationTable> tables, SagaOptions options, TimeProvider clock, ILogger log)
    {
        this.operations = operations;
        store = operations.Store;
        this.tables = tables;
        this.clock = clock;
        this.log = log;
        retry = new(options);
        shards = new(store, options, clock, log) { Acquired = ResumeShard, Stopped = EndOfRunners };
    }

    public int InFlight => running.Count;

    /// <summary>What runs here, as it stands.</summary>
    public IReadOnlyList<OperationRecord> Unfinished => [.. running.Values.Select(one => one.Runner.Record)];

    public async Task Start(CancellationToken cancel)
    {
        var since = await store.CurrentRevision(cancel);
        await shards.Round(stop.Token);
        await shards.Resumed();
        background = Task.WhenAll(Guarded(() => shards.KeepRounds(stop.Token)), Guarded(() => Follow(since)));
    }

    /// <summary>Runs an operation that was accepted here, if its shard is ours; else its owner learns of it from the store.</summary>
    public void Begin(Stored<OperationRecord> accepted)
    {
        operations.Wrote(accepted);

        // Only the operation that made the subject's lock knows its version without reading: it is the acceptance's own.
        var lockVersion = accepted.Value.State == OperationState.Running ? accepted.Version : default(long?);
        Run(accepted, lockVersion);
    }

    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested)
        {
            return;
        }

        await stop.CancelAsync();
        await Quietly(background);
        await StepsToEnd();
        await shards.DisposeAsync();
        stop.Dispose();
    }

    /// <summary>Completes when nothing runs under the shard any more; its token is cancelled by then.</summary>
    private Task EndOfRunners(HeldShard held) => Task.WhenAll(running.Values.Where(one => one.Under == held).Select(one => Quietly(one.Task)));

    /// <summary>A step that does not honour its token must not keep the process from stopping; the fence keeps it from doing harm here.</summary>
    private async Task StepsToEnd()
    {
        try
        {
            // In real time, whatever the clock of the operations does: it is this process that stops.
            await Task.WhenAll(running.Values.Select(one => Quietly(one.Task))).WaitAsync(StopPatience, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            Log.StepsIgnoreStop(log, string.Join(", ", running.Keys.Take(20)));
        }
    }

    private static async Task Quietly(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task Guarded(Func<Task> loop)
    {
        try
        {
            await loop();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The process stops.
        }
#pragma warning disable CA1031 // a loop that ends silently would leave every later operation unrun
        catch (Exception bug)
#pragma warning restore CA1031
        {
            Log.EngineBug(log, bug);
        }
    }

    private async Task ResumeShard(int shard, HeldShard held)
    {
        await foreach (var open in store.ScanAll(OperationKeys.OpenIn(shard), SagaJson.Default.OpenOperation, held.Stop.Token))
        {
            await Look(open.Value, open.Version);
        }
    }

    private async Task Follow(long since)
    {
        while (true)
        {
            try
            {
                await foreach (var change in store.Watch(OperationKeys.AllOpen, since, stop.Token))
                {
                    // Should looking fail, everything of this commit is looked at again.
                    since = change.Revision - 1;
                    if (!change.IsDelete && IsHeld(change.Key))
                    {
                        await Look(change.As(SagaJson.Default.OpenOperation).Value, change.Revision);
                    }
                }
            }
            catch (FailureException lost)
            {
                Log.ShardTrouble(log, "operations", RestartDelay, lost.Failure);
                await Task.Delay(RestartDelay, clock, stop.Token);
                since = lost.Failure.Kind == FailureKind.OutOfRange ? await LookAtAll() : since;
            }
        }
    }

    private bool IsHeld(string openKey) => OperationKeys.ShardOfOpen(openKey) is { } shard && shards.Find(shard) is not null;

    /// <summary>The changes since are gone: look at every open operation instead.</summary>
    private async Task<long> LookAtAll()
    {
        var revision = await store.CurrentRevision(stop.Token);
        await foreach (var open in store.ScanAll(OperationKeys.AllOpen, stop.Token))
        {
            if (IsHeld(open.Key))
            {
                await Look(open.As(SagaJson.Default.OpenOperation).Value, long.MaxValue);
            }
        }

        return revision;
    }

    private async Task Look(OpenOperation open, long revision)
    {
        if (running.TryGetValue(open.Id, out var known) && revision <= known.Since)
        {
            return;
        }

        var seen = await operations.Find(open.Tenant, open.Id, stop.Token);
        if (seen is null || seen.Value.State.IsFinal())
        {
            return;
        }

        if (known is not null)
        {
            known.Runner.Poke(seen.Value.Asked);
        }
        else
        {
            Run(seen, lockVersion: null);
        }
    }

    private void Run(Stored<OperationRecord> stored, long? lockVersion)
    {
        var record = stored.Value;
        if (shards.Find(record.Shard) is not { } held || held.Stop.IsCancellationRequested)
        {
            return;
        }

        if (!tables.TryGetValue(record.Name, out var table) || !table.Fits(record))
        {
            Log.UnknownTable(log, record.Id, record.Subject, record.Name, string.Join(", ", record.Steps.Select(step => step.Key)));
            return;
        }

        if (lockVersion is null)
        {
            Log.Resumed(log, record.Id, record.Name, record.Subject, record.State);
        }

        var journal = new OperationJournal(operations, held.Lease.Fence, clock, log, stored, lockVersion);
        var one = new Running(new(table, journal, retry, clock, log, held.Stop.Token), stored.Version, held);
        if (running.TryAdd(record.Id, one))
        {
            one.Task = Task.Run(() => RunToEnd(one, record));
        }
    }

    private async Task RunToEnd(Running one, OperationRecord record)
    {
        try
        {
            // What it begins from was read before it was the only one to run this here. Another may have run it to its end in between,
            // and the first step must not be done once more after that.
            if (!await one.Runner.IsCurrent())
            {
                await LetGo(record);
                return;
            }

            await one.Runner.Run();
        }
        catch (Exception lost) when (lost is OperationCanceledException or ShardLostException)
        {
            // The process stops, or the shard is lost: whoever has it next goes on, which may be this process again.
            _ = lost is ShardLostException ? shards.Lose(record.Shard, one.Under) : false;
            await LetGo(record);
            return;
        }
#pragma warning disable CA1031 // one operation that meets a bug of the engine must not take the others down
        catch (Exception bug)
#pragma warning restore CA1031
        {
            Log.RunnerBug(log, record.Id, record.Subject, bug);
        }

        running.TryRemove(record.Id, out _);
        SagaMetrics.Ended(one.Runner.Record);
        if (one.Runner.HandedOverTo is { } next && running.TryGetValue(next, out var waiting))
        {
            waiting.Runner.Poke(asked: null);
        }
    }

    /// <summary>Does not run it any more; looks whether somebody has to.</summary>
    private async Task LetGo(OperationRecord record)
    {
        running.TryRemove(record.Id, out _);
        await Quietly(stop.IsCancellationRequested ? Task.CompletedTask : Look(new(record.Tenant, record.Id), long.MaxValue));
    }

    private sealed class Running(OperationRunner runner, long since, HeldShard under)
    {
        public HeldShard Under { get; } = under;

        public OperationRunner Runner { get; } = runner;

        /// <summary>Entries up to this revision tell it nothing new.</summary>
        public long Since { get; } = since;

        public Task Task { get; set; } = Task.CompletedTask;
    }
}
