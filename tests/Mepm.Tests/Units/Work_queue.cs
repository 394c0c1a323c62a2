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
