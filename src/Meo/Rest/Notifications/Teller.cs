using System.Threading.Channels;
using Mano.Meo.Lifecycle;
using Mano.Mesh.State;
using Mano.Sagas;

namespace Mano.Meo.Rest.Notifications;

/// <summary>
/// Tells, for as long as this replica owns the ledger: 1. what was remembered by whoever told before; 2. what changed since, and from then on;
/// 3. each change becomes notices to whom it concerns, stored in one commit with what is remembered of it; 4. those are delivered.
/// </summary>
internal sealed class Teller(IStateStore store, Notices notices, Subscriptions subscriptions, Audience audience, Deliveries deliveries, TimeProvider clock)
{
    private const int MostAtOnce = 100;

    /// <summary>Completes when what happens from now on is told; the duty itself goes on until cancelled, and throws what ends it.</summary>
    public async Task Tell(ShardFence fence, long since, Action live, CancellationToken cancel)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var happenings = Channel.CreateBounded<Happening>(1000);
        var cursor = await notices.ReadCursor(cancel);
        var (followers, remember) = Mirrors(happening => happenings.Writer.WriteAsync(happening, ended.Token), cursor, since);
        await notices.ReadAll(Notices.Seen, entry => remember(entry.Key[Notices.Seen.Length..], entry.Value), cancel); // 1
        var number = await deliveries.Resume(cancel);
        try
        {
            var parts = new List<Task> { Store(happenings.Reader, cursor ?? new(since, false), number, fence, ended.Token) }; // 3, 4
            parts.Add(Follow(followers, happenings.Writer, live, ended.Token)); // 2
            await await Task.WhenAny(parts);
        }
        finally
        {
            await ended.CancelAsync();
            deliveries.Pause();
        }
    }

    private (StateFollower[] Followers, Action<string, ReadOnlyMemory<byte>> Remember) Mirrors(Func<Happening, ValueTask> tell, NoticeCursor? cursor, long since)
    {
        var before = cursor is { IsComplete: true } ? 0 : since;
        var instances = new InstanceChanges(tell) { Since = before };
        var packages = new PackageChanges(tell) { Since = before };
        var operations = new OperationChanges(tell) { Since = cursor?.Operations ?? since };
        var (ofInstances, ofPackages, ofOperations) = (AppInstances.Key(""), Onboarding.PackageKeys.RecordsOf(Tenants.Default), OperationKeys.Records(Tenants.Default));
        return (
            [new(store, ofInstances, instances, clock), new(store, ofOperations, operations, clock), new(store, ofPackages, packages, clock)],
            (key, value) =>
            {
                if (key.StartsWith(ofInstances, StringComparison.Ordinal))
                {
                    instances.Remember(key, value);
                }
                else if (key.StartsWith(ofPackages, StringComparison.Ordinal))
                {
                    packages.Remember(key, value);
                }
                else
                {
                    operations.Remember(key, value);
                }
            });
    }

    private static async Task Follow(StateFollower[] followers, ChannelWriter<Happening> happenings, Action live, CancellationToken cancel)
    {
        await Task.WhenAll(followers.Select(f => f.Start(cancel)));
        await happenings.WriteAsync(new("", null, 0, []), cancel); // everything that was there is remembered
        live();
        await Task.WhenAll(followers.Select(f => f.Follow(cancel)));
    }

    private async Task Store(ChannelReader<Happening> happenings, NoticeCursor cursor, long number, ShardFence fence, CancellationToken cancel)
    {
        while (await happenings.WaitToReadAsync(cancel))
        {
            var seen = new Dictionary<string, ReadOnlyMemory<byte>?>(StringComparer.Ordinal);
            var made = new List<(Subscription To, string Key, Notice Notice)>();
            var all = await subscriptions.All(cancel);
            for (var count = 0; count < MostAtOnce && happenings.TryRead(out var happening); count++)
            {
                cursor = happening.Key.Length == 0 ? cursor with { IsComplete = true }
                    : happening.Occurrences is [{ Topic: Topic.OperationState }, ..] ? cursor with { Operations = Math.Max(cursor.Operations, happening.Revision) }
                    : cursor;
                if (happening.Key.Length > 0)
                {
                    seen[happening.Key] = happening.Seen;
                }

                foreach (var occurrence in happening.Occurrences)
                {
                    foreach (var (subscription, notification) in await audience.Of(occurrence, all.Where(s => s.Version < happening.Revision).Select(s => s.Value), cancel))
                    {
                        made.Add((subscription, Notices.Key(subscription.Id, ++number), new(notification, clock.GetUtcNow())));
                    }
                }
            }

            await notices.Write([.. made.Select(m => (m.Key, m.Notice))], seen, cursor, fence, cancel);
            made.ForEach(m => deliveries.Send(m.To, m.Key, m.Notice));
        }
    }
}
