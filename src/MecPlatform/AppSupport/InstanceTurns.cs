namespace Mano.MecPlatform.AppSupport;

/// <summary>One change of an instance at a time. What is kept for an instance goes when nobody holds or awaits its turn.</summary>
internal sealed class InstanceTurns
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Line> lines = new(StringComparer.Ordinal);

    /// <summary>Instances whose turn somebody has or awaits.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return lines.Count;
            }
        }
    }

    /// <summary>Waits for the instance's turn, which ends when the result is disposed.</summary>
    public async Task<IDisposable> Take(string appInstanceId, CancellationToken cancel)
    {
        Line line;
        lock (gate)
        {
            if (!lines.TryGetValue(appInstanceId, out line!))
            {
                lines[appInstanceId] = line = new();
            }

            line.Users++;
        }

        try
        {
            await line.Turn.WaitAsync(cancel);
        }
        catch
        {
            Leave(appInstanceId, line);
            throw;
        }

        return new Turn(this, appInstanceId, line);
    }

    private void Leave(string appInstanceId, Line line)
    {
        lock (gate)
        {
            if (--line.Users == 0)
            {
                lines.Remove(appInstanceId);
            }
        }
    }

    private sealed class Line
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public int Users { get; set; }
    }

    private sealed class Turn(InstanceTurns turns, string appInstanceId, Line line) : IDisposable
    {
        public void Dispose()
        {
            line.Turn.Release();
            turns.Leave(appInstanceId, line);
        }
    }
}
