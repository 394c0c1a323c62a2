using Mano.Mepm.Instances;
using Mano.Mepm.Tests.Loop;
using Mano.Testing;

namespace Mano.Mepm.Tests.Units;

/// <summary>A slow reader gets the newest state and costs one event an instance.</summary>
public sealed class Instance_feed
{
    [Fact]
    public async Task A_slow_watcher_gets_the_newest_state_of_each_instance_only()
    {
        var feed = new InstanceFeed();
        await using var watch = feed.Watch(default).GetAsyncEnumerator();
        await watch.MoveNextAsync();
        Assert.Same(InstanceEvent.Synced, watch.Current);

        for (var i = 1; i <= 10_000; i++)
        {
            feed.Changed(View("a", i));
            feed.Changed(View("b", i));
        }

        feed.Gone("b", 10_001);

        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(("a", 10_000L), (watch.Current.AppInstanceId, watch.Current.Generation));
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(("b", 10_001L), (watch.Current.AppInstanceId, watch.Current.Generation));
        Assert.Null(watch.Current.Changed);
        var next = watch.MoveNextAsync();
        Assert.False(next.IsCompleted);
        feed.Changed(View("c", 1));
        Assert.True(await next.AsTask().Soon());
    }

    [Fact]
    public async Task A_watcher_that_left_is_forgotten()
    {
        var feed = new InstanceFeed();
        using var leave = new CancellationTokenSource();
        var watching = Task.Run(async () =>
        {
            await foreach (var _ in feed.Watch(leave.Token))
            {
            }
        });
        await Eventually.Is(() => feed.Watchers == 1);

        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);

        Assert.Equal(0, feed.Watchers);
    }

    private static InstanceView View(string id, long generation) =>
        new(new() { AppInstanceId = id, Generation = generation, Desired = SiteWorld.Wanted() }, InstanceStatus.Unseen);
}
