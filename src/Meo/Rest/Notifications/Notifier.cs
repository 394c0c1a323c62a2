using System.Collections.Concurrent;
using Mano.Meo.Inventory;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Hosting;

namespace Mano.Meo.Rest.Notifications;

/// <summary>
/// Sees to it that subscribers are told what changes in the store: 1. it follows the subscriptions; 2. while there is one, and this replica owns the ledger
/// of capacity, it tells (<see cref="Teller"/>); 3. when another one owns it, that one goes on where this one was; 4. when nobody wants to know
/// any more, what was remembered for it is forgotten.
/// </summary>
internal sealed class Notifier(IStateStore store, CapacityOwnership ownership, Teller teller, Notices notices, TimeProvider clock) : BackgroundService, IStateMirror
{
    /// <summary>How long a new subscriber waits for us to have begun: the store answers within milliseconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>How often ownership is looked at; it changes with a replica's death.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, long> known = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private TaskCompletionSource changed = NewSignal();
    private volatile bool isTelling;

    public IReadOnlyCollection<string> Keys => [.. known.Keys];

    /// <summary>
    /// Completes when everything that happens from now on is told, step by step. At another replica than the one that tells it completes at once: there, what
    /// happens in the first moment may be told as what it led to.
    /// </summary>
    public async Task Knows(CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        while (!either.IsCancellationRequested && ownership.IsOwner)
        {
            var next = Next();
            if (isTelling)
            {
                return;
            }

            await next.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancel.ThrowIfCancellationRequested();
    }

    public ValueTask Put(Entry entry)
    {
        known.TryAdd(entry.Key, entry.Version);
        Signal();
        return ValueTask.CompletedTask;
    }

    public ValueTask Gone(string key, long version)
    {
        known.TryRemove(key, out _);
        Signal();
        return ValueTask.CompletedTask;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var subscriptions = new StateFollower(store, Subscriptions.Prefix, this, clock);
        await subscriptions.Start(stoppingToken); // 1
        await Task.WhenAll(subscriptions.Follow(stoppingToken), TellWhileNeeded(stoppingToken));
    }

    private async Task TellWhileNeeded(CancellationToken stop)
    {
        for (var isForgotten = false; ;)
        {
            var next = Next();
            if (ownership.Held is { } fence && !known.IsEmpty)
            {
                isForgotten = false;
                await Tell(fence, stop);
            }
            else
            {
                if (known.IsEmpty && ownership.IsOwner && !isForgotten)
                {
                    isForgotten = await Quietly(notices.Forget(stop)); // 4
                }

                await next.WaitAsync(Look, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                stop.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Until ownership ends, nobody wants to know, or the store refuses; what is not told then is told by the next.</summary>
    private async Task Tell(ShardFence fence, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var telling = teller.Tell(fence, known.Values.DefaultIfEmpty(0).Min(), Live, ended.Token); // 2
        while (!telling.IsCompleted && ownership.Held == fence && !known.IsEmpty) // 3
        {
            await Task.WhenAny(telling, Task.Delay(Look, clock, ended.Token), Next());
        }

        isTelling = false;
        await ended.CancelAsync();
        await Quietly(telling);
        stop.ThrowIfCancellationRequested();
        await Task.Delay(Look, clock, stop);
    }

    private void Live()
    {
        isTelling = true;
        Signal();
    }

    /// <summary>Whether it ended well; else the store is away, or somebody else owns the ledger: the next round sees.</summary>
    private static async Task<bool> Quietly(Task task)
    {
        try
        {
            await task;
            return true;
        }
        catch (Exception e) when (e is FailureException or OperationCanceledException)
        {
            return false;
        }
    }

    private Task Next()
    {
        lock (gate)
        {
            return changed.Task;
        }
    }

    private void Signal()
    {
        lock (gate)
        {
            changed.TrySetResult();
            changed = NewSignal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
