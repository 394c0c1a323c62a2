using Grpc.Core;
using Mano.Chaos.History;
using Mano.Lifecycle.V1;

namespace Mano.Chaos.Workload;

/// <summary>
/// Calls as a careful OSS calls: each mutating call has a key, and is repeated under it through any replica until there
/// is a clear answer. Every call and its answer is written to the history.
/// </summary>
internal sealed class Caller(string client, Meos meos, Dice dice, HistoryFile history, Tally tally)
{
    private long keys;

    /// <summary>One mutating call. <paramref name="send"/> returns the operation's id, or null.</summary>
    public async Task<Answer> Call(
        Verb verb, string instance, Func<LifecycleService.LifecycleServiceClient, CallOptions, Task<string?>> send, CancellationToken cancel)
    {
        var key = $"{client}/{++keys}";
        var asked = new HistoryEvent { At = 0, Said = Said.Invoke, Verb = verb, Client = client, Call = history.NextCall(), Instance = instance, Key = key };
        var answer = await UntilClear(asked, send, cancel);
        if (answer.Ok && dice.Chance(0.1))
        {
            await UntilClear(asked with { Call = history.NextCall(), Replay = true }, send, cancel);
        }

        return answer;
    }

    /// <summary>Reads an instance's state.</summary>
    public Task<Answer> Read(string instance, CancellationToken cancel) => Look(
        Verb.Get, instance, null, async (replica, options) =>
        {
            var read = (await meos.Lifecycle(replica).GetAppInstanceAsync(new() { AppInstanceId = instance }, options)).AppInstance;
            return new(true, State: Spell(read));
        }, cancel);

    /// <summary>Asks once how an operation stands; writes it down if it has ended. Null while it has not.</summary>
    public async Task<string?> EndOf(string operation, string instance, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                var replica = dice.Below(meos.Count);
                if (dice.Chance(0.5))
                {
                    return NoteEnd(await Watched(replica, operation, cancel), instance);
                }

                return await LookedAt(replica, operation, instance, cancel);
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException)
            {
                cancel.ThrowIfCancellationRequested();
                await Wondering(e, $"operation {operation}", cancel);
            }
        }
    }

    /// <summary>One look: that it was still at work then says as much as that it had ended.</summary>
    private async Task<string?> LookedAt(int replica, string operation, string instance, CancellationToken cancel)
    {
        var asked = new HistoryEvent
        {
            At = 0, Said = Said.Invoke, Verb = Verb.Ended, Client = client, Call = history.NextCall(), Instance = instance, Operation = operation,
        };
        history.Add(asked);
        var seen = (await meos.Operations(replica).GetOperationAsync(new() { OperationId = operation }, Soon(cancel))).Operation;
        if (seen.State is Operation.Types.State.Starting or Operation.Types.State.Processing)
        {
            history.Add(asked with { Said = Said.Ok, State = HistoryEvent.AtWork });
        }

        return NoteEnd(seen, instance);
    }

    /// <summary>Asks an operation to stop; whatever comes of it is seen by its end.</summary>
    public async Task Cancel(string operation, string instance, CancellationToken cancel) => await Look(
        Verb.Cancel, instance, operation, async (replica, options) =>
        {
            await meos.Operations(replica).CancelOperationAsync(new() { OperationId = operation }, options);
            return new(true, operation);
        }, cancel);

    /// <summary>Writes down the end of an operation; null if it has not ended.</summary>
    public string? NoteEnd(Operation? seen, string instance)
    {
        if (seen is null || seen.State is not (Operation.Types.State.Completed or Operation.Types.State.Failed or Operation.Types.State.FailedTemp))
        {
            return null;
        }

        var state = seen.State == Operation.Types.State.FailedTemp ? "FAILED_TEMP" : seen.State.ToString().ToUpperInvariant();
        if (state == "FAILED_TEMP")
        {
            return state;
        }

        var ended = new HistoryEvent
        {
            At = 0, Said = Said.Invoke, Verb = Verb.Ended, Client = client, Call = history.NextCall(), Instance = instance, Operation = seen.OperationId,
        };
        history.Add(ended);
        history.Add(ended with { Said = Said.Ok, State = state, Reason = seen.Kind.ToString().ToUpperInvariant() });
        Count(seen, state);
        return state;
    }

    private void Count(Operation seen, string state)
    {
        if (state == "COMPLETED")
        {
            tally.Completed();
        }
        else
        {
            tally.Add($"operations failed: {(seen.Failure is null ? seen.DetailedState : seen.Failure.Reason)}");
        }
    }

    private async Task<Operation?> Watched(int replica, string operation, CancellationToken cancel)
    {
        Operation? last = null;
        using var watch = meos.Operations(replica).WatchOperation(new() { OperationId = operation }, Soon(cancel));
        try
        {
            while (await watch.ResponseStream.MoveNext(cancel))
            {
                last = watch.ResponseStream.Current.Operation;
            }
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.DeadlineExceeded)
        {
            // It is still at work; what was seen last is as good as a read.
        }

        return last;
    }

    private async Task<Answer> UntilClear(
        HistoryEvent asked, Func<LifecycleService.LifecycleServiceClient, CallOptions, Task<string?>> send, CancellationToken cancel)
    {
        history.Add(asked);
        for (var unclear = 0; ; unclear++)
        {
            try
            {
                var options = Soon(cancel).WithHeaders(new Metadata { { "idempotency-key", asked.Key! } });
                var operation = await send(meos.Lifecycle(dice.Below(meos.Count)), options);
                history.Add(asked with { Said = Said.Ok, Operation = operation, Unclear = unclear });
                tally.Add(asked.Replay ? "calls repeated under their key" : $"calls acknowledged: {asked.Verb}");
                return new(true, operation);
            }
            catch (RpcException e) when (Answer.RefusalIn(e) is { } refusal)
            {
                history.Add(asked with { Said = Said.Fail, Reason = refusal.Reason, State = refusal.State, Unclear = unclear });
                tally.Add($"calls refused: {refusal.Reason}");
                return refusal;
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException)
            {
                if (cancel.IsCancellationRequested)
                {
                    history.Add(asked with { Said = Said.Info });
                    throw new OperationCanceledException(cancel);
                }

                await Wondering(e, $"{asked.Verb} {asked.Instance}", cancel);
            }
        }
    }

    private async Task<Answer> Look(
        Verb verb, string instance, string? operation, Func<int, CallOptions, Task<Answer>> ask, CancellationToken cancel)
    {
        while (true)
        {
            var asked = new HistoryEvent
            {
                At = 0, Said = Said.Invoke, Verb = verb, Client = client, Call = history.NextCall(), Instance = instance, Operation = operation,
            };
            history.Add(asked);
            try
            {
                var answer = await ask(dice.Below(meos.Count), Soon(cancel));
                history.Add(asked with { Said = Said.Ok, State = answer.State });
                return answer;
            }
            catch (RpcException e) when (Answer.RefusalIn(e) is { } refusal)
            {
                history.Add(asked with { Said = Said.Fail, Reason = refusal.Reason, State = refusal.State });
                return refusal;
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException)
            {
                history.Add(asked with { Said = Said.Info });
                cancel.ThrowIfCancellationRequested();
                await Wondering(e, $"{verb} {instance}", cancel);
            }
        }
    }

    /// <summary>No clear answer: counted, and after a while asked again.</summary>
    private async Task Wondering(Exception e, string what, CancellationToken cancel)
    {
        var code = e is RpcException rpc ? rpc.StatusCode : StatusCode.Cancelled;
        tally.Add($"attempts without an answer: {code}");
        if (Answer.IsOdd(code))
        {
            tally.SawOdd($"{what}: {code}: {((RpcException)e).Status.Detail}");
        }

        await Task.Delay(dice.Between(0.05, 0.4), TimeProvider.System, cancel);
    }

    private CallOptions Soon(CancellationToken cancel) =>
        new(deadline: TimeProvider.System.GetUtcNow().UtcDateTime + dice.Between(1.5, 5), cancellationToken: cancel);

    private static string Spell(AppInstance read) => read.InstantiationState != AppInstance.Types.InstantiationState.Instantiated
        ? "NOT_INSTANTIATED"
        : read.OperationalState == AppInstance.Types.OperationalState.Started ? "STARTED" : "STOPPED";
}
