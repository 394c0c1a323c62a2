using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Mesh.State.Redis;
using Mano.Testing;
using Microsoft.Extensions.Logging;

namespace Mano.Mesh.Tests.State.Redis;

/// <summary>A Redis of its own and stores on it, for tests that harm it.</summary>
public abstract class RedisWorld : IAsyncLifetime
{
    private readonly List<RedisStateStore> stores = [];

    protected RedisServer Server { get; private set; } = null!;

    protected KeptLog Logged { get; } = new();

    protected virtual string[] Settings => [];

    public virtual async Task InitializeAsync()
    {
        if (RedisFactAttribute.WhyMissing is null)
        {
            Server = await RedisServer.StartAsync(Settings);
        }
    }

    public virtual async Task DisposeAsync()
    {
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }

        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
    }

    /// <summary>A store of the prefix mano; impatient, because the tests wait for it to give up.</summary>
    protected RedisStateStore Open(double seconds = 5, Func<RedisStoreOptions, RedisStoreOptions>? with = null, int? port = null)
    {
        var options = RedisStoreOptions.Parse($"redis://127.0.0.1:{port ?? Server.Port}/") with { Timeout = TimeSpan.FromSeconds(seconds) };
        var store = RedisStateStore.Open(with?.Invoke(options) ?? options, TimeProvider.System, Logged);
        stores.Add(store);
        return store;
    }

    /// <summary>The same, when it has found its Redis.</summary>
    protected async Task<RedisStateStore> OpenReached(double seconds = 5, Func<RedisStoreOptions, RedisStoreOptions>? with = null, int? port = null)
    {
        var store = Open(seconds, with, port);
        await store.Reached(CancellationToken.None).Soon();
        return store;
    }

    protected static async Task<long> Put(IStateStore store, string key, object value, long expected = Batch.Any) =>
        (await store.Commit(new Batch().Put(key, Encoding.UTF8.GetBytes($"\"{value}\""), expected))).OrThrow();

    /// <summary>Commits again and again until it is acknowledged.</summary>
    protected static Task PutAtLast(IStateStore store, string key, object value) => Eventually.Is(async () =>
    {
        try
        {
            await Put(store, key, value);
            return true;
        }
        catch (FailureException e) when (e.Failure.Kind == FailureKind.Unavailable)
        {
            return false;
        }
    }, $"{key} can be written");

    protected static async Task<string?> Text(IStateStore store, string key) =>
        await store.Get(key) is { } entry ? Encoding.UTF8.GetString(entry.Value.Span).Trim('"') : null;

    /// <summary>Every method refuses, as Unavailable; gives the failure of a commit.</summary>
    protected static async Task<Failure> AssertUnavailable(IStateStore store, string reason = StateFailures.StoreUnavailable)
    {
        var lease = new ShardLease("s", "me", 1, DateTimeOffset.MaxValue);
        var calls = new Func<Task>[]
        {
            async () => await Put(store, "k", 1),
            async () => await store.Get("k"),
            async () => await store.Scan(""),
            async () => await store.CurrentRevision(),
            async () => await store.AcquireShard("s", "me", TimeSpan.FromSeconds(1)),
            async () => await store.RenewShard(lease, TimeSpan.FromSeconds(1)),
            async () => await store.ReleaseShard(lease),
        };
        var failures = await Task.WhenAll(calls.Select(async call => (await Assert.ThrowsAsync<FailureException>(() => call().Soon())).Failure));
        Assert.All(failures, failure => Assert.Equal((FailureKind.Unavailable, reason, true), (failure.Kind, failure.Reason, failure.Retryable)));
        return failures[0];
    }

    /// <summary>Watches everything into a list until cancelled.</summary>
    protected static (ConcurrentQueue<Change> Seen, Task Watching) Watch(IStateStore store, string prefix, long since, CancellationToken cancel)
    {
        var seen = new ConcurrentQueue<Change>();
        return (seen, Task.Run(async () =>
        {
            await foreach (var change in store.Watch(prefix, since, cancel))
            {
                seen.Enqueue(change);
            }
        }, CancellationToken.None));
    }

    protected static string Number(long n) => n.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Keeps what is logged.</summary>
public sealed class KeptLog : ILoggerFactory
{
    public ConcurrentQueue<(LogLevel Level, int Id, string Text)> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Writer(this);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private sealed class Writer(KeptLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Lines.Enqueue((logLevel, eventId.Id, $"{formatter(state, exception)} {exception}"));
    }
}
