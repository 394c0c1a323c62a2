using System.Runtime.CompilerServices;
using Grpc.Core;
using Mano.Cli.Connection;
using Mano.Lifecycle.V1;
using Mano.Mesh.Failures;

namespace Mano.Cli.Operations;

/// <summary>An operation and the instance it works on, at one moment.</summary>
/// <param name="Instance">Null once its record is gone, or while it cannot be read.</param>
internal sealed record OperationMoment(OperationInfo Operation, AppInstanceInfo? Instance)
{
    public bool HasEnded => Operation.State is OperationInfo.Types.State.Completed
        or OperationInfo.Types.State.Failed or OperationInfo.Types.State.FailedTemp;

    public bool Succeeded => Operation.State == OperationInfo.Types.State.Completed;
}

/// <summary>
/// Follows an operation to its end. Its steps arrive over the watch stream; the instance's conditions, which say what a
/// long step waits for, are asked for in between. A lost stream is opened again: it begins with the state as it is.
/// </summary>
internal sealed class OperationFeed(MeoConnection meo, TimeProvider clock)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan ReopenAfter = TimeSpan.FromMilliseconds(300);

    /// <summary>How long the MEO may be away before following it is given up; the operation goes on all the same.</summary>
    private static readonly TimeSpan PatienceWithMeo = TimeSpan.FromMinutes(2);

    /// <summary>Called once when the stream breaks, with a sentence.</summary>
    public Action<string> OnInterruption { get; init; } = _ => { };

    public async IAsyncEnumerable<OperationMoment> FollowAsync(string operationId, [EnumeratorCancellation] CancellationToken stop)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var latest = new Latest();
        var reading = ReadAsync(operationId, latest, both.Token);
        try
        {
            OperationMoment moment;
            do
            {
                await latest.ChangedAsync(Glance, clock, reading, both.Token);
                if (latest.Value is not { } operation)
                {
                    moment = new OperationMoment(new OperationInfo(), null);
                    continue;
                }

                moment = new OperationMoment(operation, await InstanceIfAnyAsync(operation.AppInstanceId, both.Token));
                yield return moment;
            }
            while (!moment.HasEnded);
        }
        finally
        {
            await both.CancelAsync();
            await reading.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task ReadAsync(string operationId, Latest latest, CancellationToken stop)
    {
        var lastSeen = clock.GetTimestamp();
        while (true)
        {
            try
            {
                using var call = meo.Operations.WatchOperation(new WatchOperationRequest { OperationId = operationId }, cancellationToken: stop);
                await foreach (var change in call.ResponseStream.ReadAllAsync(stop))
                {
                    latest.Set(change.Operation);
                    lastSeen = clock.GetTimestamp();
                }

                // Ends OK after the final state only; anything else is a stream that was cut.
                if (latest.Value is { } seen && new OperationMoment(seen, null).HasEnded)
                {
                    return;
                }
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.Cancelled or StatusCode.Internal && clock.GetElapsedTime(lastSeen) < PatienceWithMeo)
            {
                latest.Interrupted(() => OnInterruption($"the MEO at {meo.Address} is away; the operation goes on, and is shown again when it is back"));
            }
            catch (RpcException e)
            {
                throw MeoConnection.Explain(e, meo.Address, "MEO").ToException();
            }

            await Task.Delay(ReopenAfter, clock, stop);
        }
    }

    private async Task<AppInstanceInfo?> InstanceIfAnyAsync(string instanceId, CancellationToken stop)
    {
        try
        {
            var options = new CallOptions(deadline: clock.GetUtcNow().UtcDateTime + TimeSpan.FromSeconds(2), cancellationToken: stop);
            return (await meo.Lifecycle.GetAppInstanceAsync(new GetAppInstanceRequest { AppInstanceId = instanceId }, options)).AppInstance;
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            // The steps are the story; the conditions come back with the next look.
            return null;
        }
    }

    /// <summary>The newest state, and a bell that rings when it changes.</summary>
    private sealed class Latest
    {
        private volatile TaskCompletionSource bell = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile OperationInfo? value;
        private bool interrupted;

        public OperationInfo? Value => value;

        public void Set(OperationInfo operation)
        {
            value = operation;
            interrupted = false;
            Interlocked.Exchange(ref bell, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }

        public void Interrupted(Action say)
        {
            if (!interrupted)
            {
                interrupted = true;
                say();
            }
        }

        public async Task ChangedAsync(TimeSpan orAfter, TimeProvider clock, Task reader, CancellationToken stop)
        {
            var rung = bell.Task;
            if (value is { } seen && new OperationMoment(seen, null).HasEnded)
            {
                return;
            }

            await Task.WhenAny(rung, reader, Task.Delay(orAfter, clock, stop));
            stop.ThrowIfCancellationRequested();
            if (reader.IsFaulted)
            {
                await reader;
            }
        }
    }
}
