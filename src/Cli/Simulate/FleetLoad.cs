using System.Collections.Concurrent;
using Grpc.Core;
using Mano.Cli.Connection;
using Mano.Lifecycle.V1;
using Mano.Mesh.Failures;

namespace Mano.Cli.Simulate;

/// <summary>Plays the OSS: so many operations in flight, begun at a rate, each watched to its end.</summary>
internal sealed class FleetLoad(MeoConnection meo, string packageId, FleetOptions options, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, bool> known = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> live = new();
    private long asked;
    private long begun;
    private int inFlight;

    public OperationTally Instantiated { get; } = new();

    public OperationTally Terminated { get; } = new();

    /// <summary>Every instance that was made and not deleted again.</summary>
    public IReadOnlyCollection<string> Known => [.. known.Keys];

    public int Live => live.Count;

    public int InFlight => inFlight;

    /// <summary>Until there were so many attempts to bring one up, one for each wanted instance.</summary>
    public Task FillAsync(CancellationToken stop)
    {
        var left = options.Instances;
        return InParallel(() => Interlocked.Decrement(ref left) >= 0, InstantiateAsync, stop);
    }

    /// <summary>Takes the oldest away and brings another up in its place, for as long as the options say.</summary>
    public Task ChurnAsync(CancellationToken stop)
    {
        var since = clock.GetTimestamp();
        return InParallel(() => clock.GetElapsedTime(since) < options.Duration, async cancel =>
        {
            if (live.TryDequeue(out var oldest))
            {
                await TerminateAsync(oldest, cancel);
            }

            await InstantiateAsync(cancel);
        }, stop);
    }

    /// <summary>Takes every instance away.</summary>
    public Task DrainAsync(CancellationToken stop)
    {
        var todo = new ConcurrentQueue<string>(known.Keys);
        return InParallel(() => !todo.IsEmpty, async cancel =>
        {
            if (todo.TryDequeue(out var instance))
            {
                await TerminateAsync(instance, cancel);
            }
        }, stop);
    }

    private async Task InstantiateAsync(CancellationToken stop)
    {
        var instance = "";
        await Timed(Instantiated, async () =>
        {
            instance = (await Ask(o => meo.Lifecycle.CreateAppInstanceAsync(new() { AppPackageId = packageId }, o), stop)).AppInstance.AppInstanceId;
            known[instance] = true;
            return (await Ask(o => meo.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = instance }, o), stop)).Operation;
        }, stop);
        if (instance.Length > 0)
        {
            live.Enqueue(instance);
        }
    }

    private async Task TerminateAsync(string instance, CancellationToken stop)
    {
        try
        {
            if ((await Ask(o => meo.Lifecycle.GetAppInstanceAsync(new() { AppInstanceId = instance }, o), stop)).AppInstance.InstantiationState == AppInstance.Types.InstantiationState.Instantiated
                && !await Timed(Terminated, async () => (await Ask(o => meo.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = instance }, o), stop)).Operation, stop))
            {
                live.Enqueue(instance);
                return;
            }

            await Ask(o => meo.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = instance }, o), stop);
            known.TryRemove(instance, out _);
        }
        catch (FailureException e) when (e.Failure.Kind != FailureKind.Internal)
        {
            live.Enqueue(instance);
        }
    }

    /// <summary>Begins an operation, waits for its end and counts it; says whether it completed.</summary>
    private async Task<bool> Timed(OperationTally tally, Func<Task<Operation>> begin, CancellationToken stop)
    {
        var since = clock.GetTimestamp();
        using var limit = new CancellationTokenSource(options.Patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            var ended = await EndOf(await begin(), both.Token);
            var isCompleted = ended.State == Operation.Types.State.Completed;
            tally.Ended(isCompleted ? OperationEnd.Completed : OperationEnd.Failed, ended.Failure?.Reason is { Length: > 0 } why ? why : ended.State.ToString(), clock.GetElapsedTime(since));
            return isCompleted;
        }
        catch (FailureException e)
        {
            tally.Ended(OperationEnd.Refused, e.Failure.Reason, clock.GetElapsedTime(since));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            tally.Ended(OperationEnd.Unfinished, "NOT_ENDED_IN_TIME", clock.GetElapsedTime(since));
        }

        return false;
    }

    /// <summary>Over its watch, opened again as often as it breaks.</summary>
    private async Task<Operation> EndOf(Operation operation, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                using var watch = meo.Operations.WatchOperation(new() { OperationId = operation.OperationId }, cancellationToken: stop);
                await foreach (var news in watch.ResponseStream.ReadAllAsync(stop))
                {
                    operation = news.Operation ?? operation;
                }

                if (operation.State is Operation.Types.State.Completed or Operation.Types.State.Failed or Operation.Types.State.FailedTemp)
                {
                    return operation;
                }
            }
            catch (RpcException) when (!stop.IsCancellationRequested)
            {
                // The MEO is away for a moment; the operation goes on.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), clock, stop);
        }
    }

    private async Task InParallel(Func<bool> goesOn, Func<CancellationToken, Task> work, CancellationToken stop)
    {
        var since = clock.GetTimestamp();
        begun = 0;
        await Task.WhenAll(Enumerable.Range(0, options.InFlight).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested && goesOn())
            {
                await Pace(since, stop);
                Interlocked.Increment(ref inFlight);
                try
                {
                    await work(stop);
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    // What was accepted goes on at the MEO.
                }
                finally
                {
                    Interlocked.Decrement(ref inFlight);
                }
            }
        }, CancellationToken.None)));
    }

    /// <summary>Waits for its turn at the wanted rate.</summary>
    private async Task Pace(long since, CancellationToken stop)
    {
        if (options.Rate > 0)
        {
            var due = TimeSpan.FromSeconds((Interlocked.Increment(ref begun) - 1) / options.Rate) - clock.GetElapsedTime(since);
            await (due > TimeSpan.Zero ? Task.Delay(due, clock, stop) : Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task<T> Ask<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken stop) => meo.Ask(call, stop, $":{Interlocked.Increment(ref asked)}");
}
