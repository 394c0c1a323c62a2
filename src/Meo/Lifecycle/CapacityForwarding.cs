using Grpc.Core;
using Mano.Meo.Inventory;
using Mano.Meo.Northbound;
using Mano.Meo.Replicas;
using Mano.Mesh.Channels;
using Mano.Mesh.Failures;
using Mano.Mesh.Ids;
using Wire = Mano.Lifecycle.V1;

namespace Mano.Meo.Lifecycle;

/// <summary>
/// What needs a promise of capacity is done by the replica that owns the ledger: here, or forwarded with its key, deadline and trace.
/// A call is forwarded once at most. While nobody owns the ledger it waits a little, then says UNAVAILABLE and when to ask again.
/// </summary>
internal sealed class CapacityForwarding(CapacityOwnership ownership, ReplicaDirectory replicas, GrpcChannels channels, IIdSource ids, TimeProvider clock)
{
    /// <summary>How long a call waits for an owner: about as long as a graceful change takes, with a margin; a death takes a lease.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How long an owner may take to accept: some commits, at a time when everything is slow.</summary>
    private static readonly TimeSpan LongestAcceptance = TimeSpan.FromSeconds(10);

    /// <summary>News of an owner wake the waiting; this is for news that are late.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    /// <summary>Names of metadata that belong to one connection, and are made anew for the next.</summary>
    private static readonly HashSet<string> Hops = new(["host", "te", "user-agent", "content-type", "grpc-timeout", "traceparent", "tracestate"], StringComparer.OrdinalIgnoreCase);

    /// <param name="call">What came with it.</param>
    /// <param name="forward">Asks the owner the same.</param>
    /// <param name="here">Does it here; refused with LEDGER_NOT_OWNED or STALE_EPOCH when this replica turns out not to own the ledger.</param>
    /// <param name="result">Makes the answer of the owner the answer of this call.</param>
    public async Task<Outcome<T>> ByOwner<T, TAnswer>(
        PassableCall call,
        Func<Wire.LifecycleService.LifecycleServiceClient, Metadata, CancellationToken, AsyncUnaryCall<TAnswer>> forward,
        Func<Task<Outcome<T>>> here,
        Func<TAnswer, Task<Outcome<T>>> result)
    {
        var began = clock.GetTimestamp();
        Metadata? headers = null;
        while (true)
        {
            var changed = replicas.Changed(call.Cancel);
            if (ownership.IsOwner)
            {
                var answer = await Tried(here);
                if (answer.Failure?.Reason is not (CapacityOwnership.NotOwned or Mesh.State.StateFailures.StaleEpoch))
                {
                    return answer;
                }
            }

            if (!call.IsForwarded && OtherOwner() is { } owner)
            {
                headers ??= Headers(call);
                var answer = await Forward(owner, (client, cancel) => forward(client, headers, cancel), call);
                if (answer.Failure is not { Kind: FailureKind.Unavailable })
                {
                    return answer.TryGet(out var given, out var refusal) ? await result(given) : refusal;
                }

                if (ownership.IsOwner || (OtherOwner() is { } other && other.CapacityEpoch != owner.CapacityEpoch))
                {
                    continue;
                }
            }

            if (call.IsForwarded || clock.GetElapsedTime(began) > Patience)
            {
                return CapacityOwnership.Unowned();
            }

            await Task.WhenAny(changed, Task.Delay(Glance, clock, call.Cancel));
            call.Cancel.ThrowIfCancellationRequested();
        }
    }

    private ReplicaRecord? OtherOwner() => replicas.CapacityOwner is { Address.Length: > 0 } owner && owner.Name != replicas.Self ? owner : null;

    private static async Task<Outcome<T>> Tried<T>(Func<Task<Outcome<T>>> here)
    {
        try
        {
            return await here();
        }
        catch (FailureException e) when (e.Failure.Reason == CapacityOwnership.NotOwned)
        {
            return e.Failure;
        }
    }

    /// <summary>A caller without a key gets one for the way, so that a call whose answer was lost can be repeated.</summary>
    private Metadata Headers(PassableCall call)
    {
        var headers = new Metadata();
        foreach (var entry in call.Headers.Where(e => !e.Key.StartsWith(':') && !e.Key.StartsWith("grpc-", StringComparison.Ordinal) && !Hops.Contains(e.Key)))
        {
            headers.Add(entry);
        }

        if (headers.Get(CallKeys.Metadata) is null)
        {
            headers.Add(CallKeys.Metadata, "forwarded-" + ids.NewId());
        }

        headers.Add(ForwardedCalls.Header, replicas.Self);
        return headers;
    }

    /// <summary>
    /// Asks the owner. An owner that stands still is not waited for when another one has taken over, nor for longer than an
    /// acceptance can take: the key makes it safe to ask again.
    /// </summary>
    private async Task<Outcome<TAnswer>> Forward<TAnswer>(
        ReplicaRecord owner, Func<Wire.LifecycleService.LifecycleServiceClient, CancellationToken, AsyncUnaryCall<TAnswer>> forward, PassableCall call)
    {
        using var giveUp = new CancellationTokenSource(LongestAcceptance, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(giveUp.Token, call.Cancel);
        var client = new Wire.LifecycleService.LifecycleServiceClient(channels.For(owner.Address));
        try
        {
            using var asked = forward(client, either.Token);
            while (await Task.WhenAny(asked.ResponseAsync, replicas.Changed(either.Token)) != asked.ResponseAsync)
            {
                if (ownership.IsOwner || OtherOwner()?.CapacityEpoch != owner.CapacityEpoch)
                {
                    await giveUp.CancelAsync();
                    break;
                }
            }

            return await asked.ResponseAsync;
        }
        catch (RpcException e)
        {
            return e.StatusCode == StatusCode.Cancelled && giveUp.IsCancellationRequested ? CapacityOwnership.Unowned() : e.ToFailure();
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested && !call.Cancel.IsCancellationRequested)
        {
            return CapacityOwnership.Unowned();
        }
        catch (OperationCanceledException e) when (e.InnerException is RpcException { StatusCode: StatusCode.DeadlineExceeded } late)
        {
            // The call's deadline is the forwarded one's too, and our channels tell it as a cancellation.
            return late.ToFailure();
        }
    }
}
