namespace Mano.Testing;

/// <summary>A clock that stands still until a test moves it; timers fire, in order of time, inside <see cref="Advance"/>.</summary>
public sealed class ManualClock : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<ManualTimer> timers = [];
    private DateTimeOffset now;
    private int created;

    public ManualClock(DateTimeOffset? start = null) => now = start ?? new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        lock (gate)
        {
            created++;
        }

        return timer;
    }

    /// <summary>How many timers were made so far. Whoever must not move time before a certain one is set waits for this to grow.</summary>
    public int Created
    {
        get
        {
            lock (gate)
            {
                return created;
            }
        }
    }

    /// <summary>When the next timer fires; null if none is set.</summary>
    public DateTimeOffset? NextTimer
    {
        get
        {
            lock (gate)
            {
                return timers.Count == 0 ? null : timers.Min(t => t.Due);
            }
        }
    }

    /// <summary>Moves time forward, firing every timer that falls due on the way at its own moment.</summary>
    public void Advance(TimeSpan by)
    {
        DateTimeOffset target;
        lock (gate)
        {
            target = now + by;
        }

        while (TakeDue(target) is { } timer)
        {
            timer.Fire();
        }

        lock (gate)
        {
            now = target > now ? target : now;
        }
    }

    /// <summary>Moves to the next timer if it is due within the limit, and fires it. Says whether there was one.</summary>
    public bool AdvanceToNextTimer(TimeSpan within)
    {
        var wait = NextTimer - GetUtcNow();
        if (wait is null || wait > within)
        {
            return false;
        }

        Advance(wait.Value > TimeSpan.Zero ? wait.Value : TimeSpan.Zero);
        return true;
    }

    private ManualTimer? TakeDue(DateTimeOffset target)
    {
        lock (gate)
        {
            var timer = timers.Where(t => t.Due <= target).MinBy(t => t.Due);
            if (timer is null)
            {
                return null;
            }

            now = timer.Due > now ? timer.Due : now;
            if (timer.Period > TimeSpan.Zero)
            {
                timer.Due += timer.Period;
            }
            else
            {
                timers.Remove(timer);
            }

            return timer;
        }
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                clock.timers.Remove(this);
                Period = period;
                if (dueTime >= TimeSpan.Zero)
                {
                    Due = clock.now + dueTime;
                    clock.timers.Add(this);
                }

                return true;
            }
        }

        public void Dispose()
        {
            lock (clock.gate)
            {
                clock.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
