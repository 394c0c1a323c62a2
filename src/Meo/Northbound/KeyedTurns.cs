namespace Mano.Meo.Northbound;

/// <summary>One at a time for each key, in this process.</summary>
internal sealed class KeyedTurns
{
    private readonly Dictionary<string, Line> lines = new(StringComparer.Ordinal);

    /// <summary>Waits for the turn; disposing ends it.</summary>
    public async ValueTask<IDisposable> Take(string key, CancellationToken cancel)
    {
        Line line;
        lock (lines)
        {
            line = lines.TryGetValue(key, out var known) ? known : lines[key] = new();
            line.Waiting++;
        }

        try
        {
            await line.Gate.WaitAsync(cancel);
        }
        catch
        {
            Leave(key, line);
            throw;
        }

        return new Turn(this, key, line);
    }

    private void Leave(string key, Line line)
    {
        lock (lines)
        {
            if (--line.Waiting == 0)
            {
                lines.Remove(key);
                line.Gate.Dispose();
            }
        }
    }

    private sealed class Line
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public int Waiting { get; set; }
    }

    private sealed class Turn(KeyedTurns turns, string key, Line line) : IDisposable
    {
        public void Dispose()
        {
            line.Gate.Release();
            turns.Leave(key, line);
        }
    }
}
