using System.Collections.Concurrent;
using System.Threading.Channels;
using Mano.Meo.Inventory;
using Mano.Meo.Lifecycle;
using Mano.Mesh.State;
using Mano.Sagas;
using Microsoft.Extensions.Hosting;

namespace Mano.Meo.Rest.Notifications;

/// <summary>
/// Tells subscribers what changes in the store. 1. It follows the subscriptions; 2. while there is one, it follows instances, operations and packages;
/// 3. each change is told to whom it concerns, by their own queues. Of several replicas the owner of the ledger of capacity tells: while that
/// changes hands, and while a MEO is down, what happens is not told: a subscriber that must know everything looks, too.
/// </summary>
internal sealed class Notifier(IStateStore store, CapacityOwnership ownership, Audience audience, Deliveries deliveries, TimeProvider clock)
    : BackgroundService, IStateMirror
{
    /// <summary>How long a new subscriber waits for us to have heard of it: the store tells within milliseconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>A burst of more is not told of in full; the oldest go first.</summary>
    private const int MostWaiting = 10_000;

    private readonly ConcurrentDictionary<string, Subscription> known = new(StringComparer.Ordinal);
    private readonly Channel<Occurrence> occurrences = Channel.CreateBounded<Occurrence>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Lock gate = new();
    private TaskCompletionSource changed = NewSignal();
    private volatile bool isWatching;

    public IReadOnlyCollection<string> Keys => [.. known.Keys];

    /// <summary>Completes when what happens from now on is told to this subscription, or after a patience.</summary>
    public async Task Knows(string subscriptionId, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        while (!either.IsCancellationRequested)
        {
            var next = Next();
            if (isWatching && known.Values.Any(s => s.Id == subscriptionId))
            {
                return;
            }

            await next.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancel.ThrowIfCancellationRequested();
    }

    public ValueTask Put(Entry entry)
    {
        known[entry.Key] = entry.As(SubscriptionJson.Default.Subscription).Value;
        Signal();
        return ValueTask.CompletedTask;
    }

    public ValueTask Gone(string key, long version)
    {
        if (known.TryRemove(key, out var gone))
        {
            deliveries.End(gone.Id);
            Signal();
        }

        return ValueTask.CompletedTask;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var subscriptions = new StateFollower(store, Subscriptions.Prefix, this, clock);
        await subscriptions.Start(stoppingToken); // 1
        await Task.WhenAll(subscriptions.Follow(stoppingToken), WatchWhileNeeded(stoppingToken), Tell(stoppingToken));
    }

    private async Task WatchWhileNeeded(CancellationToken stop)
    {
        while (true)
        {
            await Until(() => !known.IsEmpty, stop);
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var watching = Watch(enough.Token); // 2
            await Until(() => known.IsEmpty, stop);
            isWatching = false;
            await enough.CancelAsync();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Watch(CancellationToken cancel)
    {
        var (instances, operations, packages) = (new InstanceChanges(Happened), new OperationChanges(Happened), new PackageChanges(Happened));
        StateFollower[] followers =
        [
            new(store, AppInstances.Key(""), instances, clock),
            new(store, OperationKeys.Records(Tenants.Default), operations, clock),
            new(store, Onboarding.PackageKeys.RecordsOf(Tenants.Default), packages, clock),
        ];
        await Task.WhenAll(followers.Select(f => f.Start(cancel)));
        instances.IsLive = operations.IsLive = packages.IsLive = true;
        isWatching = true;
        Signal();
        await Task.WhenAll(followers.Select(f => f.Follow(cancel)));
    }

    private void Happened(Occurrence occurrence)
    {
        if (ownership.IsOwner)
        {
            occurrences.Writer.TryWrite(occurrence);
        }
    }

    private async Task Tell(CancellationToken stop)
    {
        await foreach (var occurrence in occurrences.Reader.ReadAllAsync(stop))
        {
            foreach (var (subscription, notification) in await audience.Of(occurrence, known.Values, stop)) // 3
            {
                deliveries.Send(subscription, notification);
            }
        }
    }

    private async Task Until(Func<bool> holds, CancellationToken stop)
    {
        while (true)
        {
            var next = Next();
            if (holds())
            {
                return;
            }

            await next.WaitAsync(stop);
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
