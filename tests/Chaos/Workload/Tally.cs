using System.Collections.Concurrent;

namespace Mano.Chaos.Workload;

/// <summary>What a run counted.</summary>
internal sealed class Tally
{
    private readonly ConcurrentDictionary<string, long> counts = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> odd = new();

    /// <summary>By name, such as <c>operations COMPLETED</c>.</summary>
    public IReadOnlyDictionary<string, long> Counts => counts;

    /// <summary>Answers that no caller should get, each once.</summary>
    public IReadOnlyCollection<string> Odd => odd;

    /// <summary>When an operation last completed: a timestamp of the system's clock.</summary>
    public long LastCompletion { get; private set; }

    public long Of(string name) => counts.GetValueOrDefault(name);

    public void Add(string name) => counts.AddOrUpdate(name, 1, (_, n) => n + 1);

    public void Completed()
    {
        LastCompletion = TimeProvider.System.GetTimestamp();
        Add("operations completed");
    }

    public void SawOdd(string what)
    {
        if (odd.Count < 200)
        {
            odd.Enqueue(what);
        }
    }
}
