using System.Diagnostics.Metrics;

namespace Mano.Mesh.State.Redis;

/// <summary>What operators see of the store.</summary>
internal sealed class RedisMetrics : IDisposable
{
    private readonly Meter meter = new("Mano.Store");
    private readonly Counter<long> commits;
    private readonly Histogram<double> seconds;
    private readonly Counter<long> reconnects;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private TimeSpan away;
    private long? downSince;
    private bool everUp;

    public RedisMetrics(TimeProvider clock)
    {
        this.clock = clock;
        downSince = clock.GetTimestamp();
        commits = meter.CreateCounter<long>("mano_store_commits_total", description: "Commits by result: committed, refused or unavailable.");
        seconds = meter.CreateHistogram<double>("mano_store_commit_seconds", "s", "Time of a commit, with its retries.");
        reconnects = meter.CreateCounter<long>("mano_store_reconnects_total", description: "Sessions with Redis after the first.");
        meter.CreateObservableCounter("mano_store_unavailable_seconds_total", () => Away.TotalSeconds, "s", "Time without a usable Redis.");
        meter.CreateObservableGauge("mano_store_up", () => IsUp ? 1 : 0, description: "Whether Redis is usable now.");
        meter.CreateObservableGauge("mano_store_durable", () => Durable ? 1 : 0, description: "Whether Redis syncs every commit before it acknowledges it.");
    }

    public bool Durable { get; set; }

    /// <summary>For how long Redis has not been usable.</summary>
    public TimeSpan AwaySince
    {
        get
        {
            lock (gate)
            {
                return Now();
            }
        }
    }

    private bool IsUp
    {
        get
        {
            lock (gate)
            {
                return downSince is null;
            }
        }
    }

    private TimeSpan Away
    {
        get
        {
            lock (gate)
            {
                return away + Now();
            }
        }
    }

    public void Committed(string result, long started)
    {
        commits.Add(1, new KeyValuePair<string, object?>("result", result));
        seconds.Record(clock.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>Redis is there; says for how long it was not.</summary>
    public TimeSpan Up()
    {
        TimeSpan took;
        lock (gate)
        {
            took = Now();
            away += took;
            downSince = null;
            if (!everUp)
            {
                everUp = true;
                return took;
            }
        }

        reconnects.Add(1);
        return took;
    }

    public void Down()
    {
        lock (gate)
        {
            downSince ??= clock.GetTimestamp();
        }
    }

    public void Dispose() => meter.Dispose();

    private TimeSpan Now() => downSince is { } since ? clock.GetElapsedTime(since) : TimeSpan.Zero;
}
