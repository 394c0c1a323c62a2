namespace Mano.MecPlatform.Traffic.GtpU;

/// <summary>Something to wait for: a descriptor, and what reads it without waiting; false: it is of no use any more.</summary>
internal sealed record PollSource(int Descriptor, Func<bool> Read);

/// <summary>A thread that waits until one of some descriptors can be read, and has it read.</summary>
internal sealed class PollLoop : IDisposable
{
    private const int Patience = 100;
    private readonly Lock changing = new();
    private readonly Thread thread;
    private readonly ManualResetEventSlim taken = new();
    private volatile Watched wanted = new([]);
    private volatile bool ended;

    public PollLoop(string name)
    {
        thread = new Thread(Run) { IsBackground = true, Name = name };
        thread.Start();
    }

    /// <summary>Replaces what is waited for. Returns when the thread touches nothing else any more, so that the rest can be closed.</summary>
    public void Watch(IEnumerable<PollSource> sources)
    {
        lock (changing)
        {
            taken.Reset();
            wanted = new([.. sources]);
            while (!taken.Wait(Patience) && thread.IsAlive)
            {
                // It waits for packets; it looks here at the latest when its patience ends.
            }
        }
    }

    public void Dispose()
    {
        ended = true;
        thread.Join();
        taken.Dispose();
    }

    private void Run()
    {
        while (!ended)
        {
            var now = wanted;
            taken.Set();
            var polled = Array.ConvertAll(now.Sources, s => new Native.Polled { Descriptor = s.Descriptor, Wanted = Native.Readable });
            while (!ended && ReferenceEquals(now, wanted))
            {
                if (Native.Poll(polled, (nuint)polled.Length, Patience) > 0)
                {
                    ReadFound(now.Sources, polled);
                }
            }
        }

        taken.Set();
    }

    private static void ReadFound(PollSource[] sources, Native.Polled[] polled)
    {
        for (var i = 0; i < polled.Length; i++)
        {
            if (polled[i].Found != 0 && !sources[i].Read())
            {
                polled[i].Descriptor = -1; // which poll passes over
            }
        }
    }

    /// <summary>A thing of its own each time: two empty lists would be one and the same.</summary>
    private sealed record Watched(PollSource[] Sources);
}
