using System.Threading.Channels;

namespace Mano.Mepm.Loop;

/// <summary>
/// Runs one piece of work a key, never two at once for the same key, on a signal and after a time. Signals that come
/// while a key is waiting count as one; one that comes while it runs makes it run once more. What may be an echo of the
/// run itself is judged when the key does not run.
/// </summary>
/// <param name="run">The work; says after how long to run again without a signal, null: never, the key is forgotten.</param>
/// <param name="parallelism">How many keys run at once.</param>
/// <param name="clock">Time.</param>
/// <param name="isNews">Whether what <see cref="SignalIfNews"/> was called for is worth a run; never asked while the key runs.</param>
internal sealed class WorkQueue(Func<string, CancellationToken, Task<TimeSpan?>> run, int parallelism, TimeProvider clock, Func<string, bool>? isNews = null)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Key> keys = new(StringComparer.Ordinal);
    private readonly Channel<Key> ready = Channel.CreateUnbounded<Key>();
    private int busy;

    /// <summary>Whether nothing runs and nothing is waiting to run now; timers may be set.</summary>
    public bool IsIdle
    {
        get
        {
            lock (gate)
            {
                return busy == 0;
            }
        }
    }

    /// <summary>Runs the key soon.</summary>
    public void Signal(string name)
    {
        lock (gate)
        {
            SignalLocked(KeyOf(name));
        }
    }

    /// <summary>Runs the key soon if there is news of it then. Its timer stays as it is when there is none.</summary>
    public void SignalIfNews(string name)
    {
        lock (gate)
        {
            if (keys.TryGetValue(name, out var key) && key.State is KeyState.Running or KeyState.RunAgain or KeyState.RunAgainIfNews)
            {
                key.State = key.State == KeyState.RunAgain ? KeyState.RunAgain : KeyState.RunAgainIfNews;
            }
            else if (IsNews(name))
            {
                SignalLocked(KeyOf(name));
            }
        }
    }

    /// <summary>Works until cancelled; the runs under way have ended when it returns.</summary>
    public async Task Work(CancellationToken cancel)
    {
        var workers = Enumerable.Range(0, parallelism).Select(_ => Task.Run(() => WorkOne(cancel), CancellationToken.None));
        await Task.WhenAll(workers);
        lock (gate)
        {
            foreach (var key in keys.Values)
            {
                key.Timer?.Dispose();
            }
        }
    }

    private async Task WorkOne(CancellationToken cancel)
    {
        try
        {
            await foreach (var key in ready.Reader.ReadAllAsync(cancel))
            {
                lock (gate)
                {
                    key.State = KeyState.Running;
                    key.Timer?.Dispose();
                    key.Timer = null;
                }

                var next = await run(key.Name, cancel);
                Finished(key, next);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The process stops; what was under way is picked up from the record when it starts again.
        }
    }

    private void Finished(Key key, TimeSpan? next)
    {
        lock (gate)
        {
            busy--;
            var again = key.State == KeyState.RunAgain || (key.State == KeyState.RunAgainIfNews && IsNews(key.Name));
            key.State = KeyState.Idle;
            if (again)
            {
                SignalLocked(key);
            }
            else if (next is { } after)
            {
                key.Timer = clock.CreateTimer(static state => ((Action)state!)(), () => Signal(key.Name), after, Timeout.InfiniteTimeSpan);
            }
            else
            {
                keys.Remove(key.Name);
            }
        }
    }

    private bool IsNews(string name) => isNews is null || isNews(name);

    private Key KeyOf(string name)
    {
        if (!keys.TryGetValue(name, out var key))
        {
            keys.Add(name, key = new(name));
        }

        return key;
    }

    private void SignalLocked(Key key)
    {
        if (key.State == KeyState.Idle)
        {
            key.State = KeyState.Queued;
            busy++;
            ready.Writer.TryWrite(key);
        }
        else if (key.State is KeyState.Running or KeyState.RunAgainIfNews)
        {
            key.State = KeyState.RunAgain;
        }
    }

    private enum KeyState
    {
        Idle,
        Queued,
        Running,
        RunAgainIfNews,
        RunAgain,
    }

    private sealed class Key(string name)
    {
        public string Name { get; } = name;

        public KeyState State { get; set; }

        public ITimer? Timer { get; set; }
    }
}
