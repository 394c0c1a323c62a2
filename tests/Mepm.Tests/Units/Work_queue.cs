using Mano.Mepm.Loop;
using Mano.Testing;

namespace Mano.Mepm.Tests.Units;

/// <summary>One run a key, on signal and on time.</summary>
public sealed class Work_queue
{
    [Fact]
    public async Task Never_runs_the_same_key_twice_at_once_and_runs_again_when_signalled_meanwhile()
    {
        var running = 0;
        var most = 0;
        var runs = 0;
        var hold = new SemaphoreSlim(0);
        using var stop = new CancellationTokenSource();
        var queue = new WorkQueue(
            async (_, cancel) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                Interlocked.Increment(ref runs);
                await hold.WaitAsync(cancel);
                Interlocked.Decrement(ref running);
                return null;
            },
            parallelism: 4, new ManualClock());
        var work = queue.Work(stop.Token);

        for (var i = 0; i < 10; i++)
        {
            queue.Signal("a");
        }

        await Eventually.Is(() => runs == 1);
        queue.Signal("a");
        queue.Signal("a");
        hold.Release(5);
        await Eventually.Is(() => queue.IsIdle);

        Assert.Equal(2, runs);
        Assert.Equal(1, most);
        await stop.CancelAsync();
        await work.Soon();
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task What_is_told_while_a_key_runs_makes_it_run_again_only_if_it_is_news_when_the_run_has_ended(bool news, int expected)
    {
        var runs = 0;
        var isNews = true;
        var hold = new SemaphoreSlim(0);
        using var stop = new CancellationTokenSource();
        var queue = new WorkQueue(
            async (_, cancel) =>
            {
                Interlocked.Increment(ref runs);
                await hold.WaitAsync(cancel);
                isNews = news; // as the run's own call answers
                return null;
            },
            1, new ManualClock(), _ => isNews);
        var work = queue.Work(stop.Token);
        queue.SignalIfNews("a");
        await Eventually.Is(() => runs == 1);

        queue.SignalIfNews("a");
        hold.Release(2);
        await Eventually.Is(() => queue.IsIdle);

        Assert.Equal(expected, runs);
        await stop.CancelAsync();
        await work.Soon();
    }

    [Fact]
    public async Task What_is_no_news_leaves_the_time_of_the_next_run_as_it_is()
    {
        var clock = new ManualClock();
        var runs = 0;
        using var stop = new CancellationTokenSource();
        var queue = new WorkQueue((_, _) => Task.FromResult<TimeSpan?>(++runs == 1 ? TimeSpan.FromSeconds(10) : null), 1, clock, _ => false);
        var work = queue.Work(stop.Token);
        queue.Signal("a");
        await Eventually.Is(() => queue.IsIdle && runs == 1);

        clock.Advance(TimeSpan.FromSeconds(9));
        queue.SignalIfNews("a");
        Assert.True(queue.IsIdle);
        clock.Advance(TimeSpan.FromSeconds(1));

        await Eventually.Is(() => queue.IsIdle && runs == 2);
        await stop.CancelAsync();
        await work.Soon();
    }

    [Fact]
    public async Task Runs_again_after_the_time_that_the_run_said()
    {
        var clock = new ManualClock();
        var runs = 0;
        using var stop = new CancellationTokenSource();
        var queue = new WorkQueue((_, _) => Task.FromResult<TimeSpan?>(++runs == 1 ? TimeSpan.FromSeconds(10) : null), 1, clock);
        var work = queue.Work(stop.Token);
        queue.Signal("a");
        await Eventually.Is(() => queue.IsIdle && runs == 1);

        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(1, runs);
        clock.Advance(TimeSpan.FromSeconds(1));

        await Eventually.Is(() => queue.IsIdle && runs == 2);
        Assert.Null(clock.NextTimer);
        await stop.CancelAsync();
        await work.Soon();
    }
}
