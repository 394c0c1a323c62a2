using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Logging;

namespace Mano.Sagas;

/// <summary>
/// Runs one operation from where it stands to its end, as one asynchronous loop: no thread waits. It only ever looks at what is
/// stored, does the next thing, and stores the next move; so beginning again after a crash is the same as going on.
/// </summary>
internal sealed class OperationRunner(OperationTable table, OperationJournal journal, RetryPolicy retry, TimeProvider clock, ILogger log, CancellationToken stop)
{
    private readonly object input = table.ReadInput(journal.Record);
    private readonly Lock gate = new();
    private CancellationTokenSource? interrupt;
    private bool isCancellable;
    private TaskCompletionSource poked = NewSignal();
    private volatile Ask? cancelAsked;
    private StepReports? reports;

    /// <summary>Ends when the operation has, or when <c>stop</c> is cancelled (then the next owner goes on), or with <see cref="ShardLostException"/>.</summary>
    public async Task Run()
    {
        while (!Record.State.IsFinal())
        {
            stop.ThrowIfCancellationRequested();
            await (Record.State switch
            {
                OperationState.Waiting => Wait(),
                _ when TakenOver is { } asked => GiveWay(asked),
                OperationState.Running => Forward(),
                OperationState.Unwinding => Unwind(),
                _ => WaitForPerson(),
            });
        }

        Log.Ended(log, Record.Id, Record.Name, Record.Subject, Record.State);
    }

    /// <summary>The operation that had waited for this one's end, and has its subject now.</summary>
    public string? HandedOverTo => journal.HandedOverTo;

    /// <summary>The operation as it stands.</summary>
    public OperationRecord Record => journal.Record;

    /// <summary>Whether the operation still stands where this runner would begin.</summary>
    public Task<bool> IsCurrent() => journal.IsCurrent(stop);

    /// <summary>Somebody asked something of the operation, or its subject has become free. Called from outside the loop.</summary>
    public void Poke(Ask? asked)
    {
        lock (gate)
        {
            poked.TrySetResult();
            if (asked is { Kind: AskKind.Cancel or AskKind.Preempt or AskKind.TakeOver } && cancelAsked?.Kind != AskKind.TakeOver)
            {
                cancelAsked = asked;
                _ = MustInterrupt ? interrupt?.CancelAsync() : null;
            }
        }
    }

    /// <summary>The operation that takes the subject over, whatever this one is doing; null if none does.</summary>
    private Ask? TakenOver =>
        Record.Asked is { Kind: AskKind.TakeOver } stored ? stored : cancelAsked is { Kind: AskKind.TakeOver } told ? told : null;

    /// <summary>Whether what was asked concerns the step under way.</summary>
    private bool MustInterrupt => cancelAsked is { } asked && (isCancellable || asked.Kind == AskKind.TakeOver);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task GiveWay(Ask asked)
    {
        Log.TakenOver(log, Record.Id, Record.Subject, asked.By, Record.State);
        return Commit(Moves.TakeOver(Record, Interruptions.TakenOver(Record, asked), clock.GetUtcNow()));
    }

    private async Task Commit(OperationRecord next) => await journal.Commit(next, together: null, stop);

    private Task NextPoke()
    {
        lock (gate)
        {
            if (poked.Task.IsCompleted)
            {
                poked = NewSignal();
            }

            return poked.Task.WaitAsync(stop);
        }
    }

    private async Task Wait()
    {
        var poke = NextPoke();
        await journal.Refresh(stop);
        if (Record.IsCancelPending)
        {
            await Commit(Moves.CancelWaiting(Record, Interruptions.Cancelled(Record.Asked!), clock.GetUtcNow()));
        }
        else if (await journal.HoldsSubject(stop))
        {
            await Commit(Moves.Begin(Record, table, input, clock.GetUtcNow()));
        }
        else
        {
            await poke;
        }
    }

    private async Task WaitForPerson()
    {
        var poke = NextPoke();
        await journal.Refresh(stop);
        switch (Record.Asked?.Kind)
        {
            case AskKind.Retry:
                await Commit(Moves.Retry(Record, clock.GetUtcNow()));
                break;
            case AskKind.Fail or AskKind.Preempt:
                await Commit(Moves.Fail(Record, clock.GetUtcNow()));
                break;
            default:
                await poke;
                break;
        }
    }

    private async Task Forward()
    {
        var step = Moves.IndexOf(Record, StepState.Started);
        if (step < 0)
        {
            await Commit(Moves.Advance(Record, table, input, clock.GetUtcNow()));
            return;
        }

        using var bounded = Bound(Record.Deadline - clock.GetUtcNow());
        var failure = Interrupted(step, last: null);
        for (var attempt = 1; failure is null; attempt++)
        {
            failure = await Try(step, attempt, bounded.Token);
            if (failure is null || TakenOver is not null)
            {
                return;
            }

            var interrupted = Interrupted(step, failure) ?? (bounded.IsCancellationRequested ? Interruptions.TimeUp(Record, step, failure) : null);
            if (interrupted is null && RetryPolicy.IsWorthRetrying(failure))
            {
                await Pause(step, attempt, failure, bounded.Token);
                interrupted = Interrupted(step, failure);
                failure = null;
            }

            failure = interrupted ?? failure;
        }

        if (TakenOver is null)
        {
            await GiveUp(step, failure);
        }
    }

    /// <summary>Does the step and stores its end with the start of the next one. Null when that is stored.</summary>
    private async Task<Failure?> Try(int step, int attempt, CancellationToken cancel)
    {
        var context = Context(step, attempt);
        var outcome = await Guarded(() => table.Do(step, context, cancel));
        await EndReports();
        if (!outcome.TryGet(out var output, out var failure))
        {
            return failure;
        }

        var now = clock.GetUtcNow();
        var next = Moves.Advance(Moves.Succeed(Record, step, output, now, attempt), table, input, now);
        failure = await journal.Commit(next, context.Together, stop);
        if (failure is null && next.State == OperationState.Unwinding)
        {
            Log.Unwinding(log, Record.Id, Record.Subject, table.Steps[step].Key, Record.Failure!);
        }

        return failure;
    }

    private async Task GiveUp(int step, Failure failure)
    {
        await Commit(Moves.GiveUp(Record, table, step, failure, clock.GetUtcNow()));
        if (Record.State == OperationState.NeedsAttention)
        {
            Log.NeedsAttention(log, Record.Id, Record.Subject, table.Steps[step].Key, failure);
        }
        else
        {
            Log.Unwinding(log, Record.Id, Record.Subject, table.Steps[step].Key, failure);
        }
    }

    private async Task Unwind()
    {
        var step = Moves.IndexOf(Record, StepState.UndoStarted);
        var now = clock.GetUtcNow();
        var until = retry.UndoUntil(Moves.UndoBegan(Record), now);
        using var bounded = Bound(until - now);
        for (var attempt = 1; ; attempt++)
        {
            if (await TryUndo(step, attempt, bounded.Token) is not { } failure)
            {
                return;
            }

            stop.ThrowIfCancellationRequested();
            if (TakenOver is not null)
            {
                return;
            }

            if (!retry.IsUndoWorthRetrying(failure, attempt, clock.GetUtcNow() >= until))
            {
                await Commit(Moves.UndoGaveUp(Record, step, failure, clock.GetUtcNow()));
                Log.NeedsAttention(log, Record.Id, Record.Subject, table.Steps[step].Key, failure);
                return;
            }

            await Pause(step, attempt, failure, bounded.Token);
        }
    }

    private async Task<Failure?> TryUndo(int step, int attempt, CancellationToken cancel)
    {
        var context = Context(step, attempt);
        var outcome = await Guarded(async () =>
        {
            await table.Undo(step, context, cancel);
            return default(RawJson);
        });
        await EndReports();
        return outcome.Failure
            ?? await journal.Commit(Moves.Undone(Record, table, step, clock.GetUtcNow()), context.Together, stop);
    }

    /// <summary>Runs code of an operation; whatever it throws is a failure of the step, not of the engine.</summary>
    private static async Task<Outcome<RawJson>> Guarded(Func<Task<Outcome<RawJson>>> work)
    {
        try
        {
            return await work();
        }
#pragma warning disable CA1031 // bugs are not caught below the operation: here is the operation
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            return Failure.From(thrown);
        }
    }

    /// <summary>Why the step must not be tried (again): the process stops, it was cancelled, or its time is up.</summary>
    private Failure? Interrupted(int step, Failure? last)
    {
        stop.ThrowIfCancellationRequested();
        var cancellable = !Moves.IsPastReturn(Record, table);
        return cancellable && (Record.IsCancelPending || cancelAsked is not null) ? Interruptions.Cancelled(cancelAsked ?? Record.Asked!)
            : clock.GetUtcNow() >= Record.Deadline ? Interruptions.TimeUp(Record, step, last)
            : null;
    }

    /// <summary>A token for one step: cancelled when its time is up, when the process stops, and when the operation is cancelled.</summary>
    private BoundedStep Bound(TimeSpan time)
    {
        var source = new CancellationTokenSource(time > TimeSpan.Zero ? time : TimeSpan.Zero, clock);
        lock (gate)
        {
            interrupt = source;
            isCancellable = Record.State == OperationState.Running && !Moves.IsPastReturn(Record, table);
            _ = MustInterrupt ? interrupt.CancelAsync() : null;
        }

        return new(this, source, stop.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), source));
    }

    private StepContext Context(int step, int attempt)
    {
        reports = new StepReports(journal, clock, step, stop);
        return table.Context(Record, input, attempt, journal.Fence, reports.Report);
    }

    private Task EndReports() => reports!.End();

    private async Task Pause(int step, int attempt, Failure failure, CancellationToken cancel)
    {
        var delay = retry.Delay(Record.Id, attempt);
        Log.Retried(log, Record.Id, Record.Subject, Record.State, table.Steps[step].Key, attempt, delay, failure);
        if (Record.Steps[step].Failure?.Reason != failure.Reason || Record.Steps[step].Failure?.Message != failure.Message)
        {
            await Commit(Moves.Note(Record, step, $"trying again: {failure.Message}", null, failure, attempt));
        }

        try
        {
            await Task.Delay(delay, clock, cancel);
        }
        catch (OperationCanceledException)
        {
            stop.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The token source of the step under way, forgotten before it is disposed.</summary>
    private readonly struct BoundedStep(OperationRunner runner, CancellationTokenSource source, CancellationTokenRegistration stopped) : IDisposable
    {
        public CancellationToken Token => source.Token;

        public bool IsCancellationRequested => source.IsCancellationRequested;

        public void Dispose()
        {
            stopped.Dispose();
            lock (runner.gate)
            {
                runner.interrupt = null;
            }

            source.Dispose();
        }
    }
}
