namespace Mano.MecPlatform.Traffic;

/// <summary>Counts what one rule did; many flows write it at once.</summary>
internal sealed class RuleCounter
{
    private long connections;
    private long bytes;

    public void CountConnection() => Interlocked.Increment(ref connections);

    public void CountBytes(int count) => Interlocked.Add(ref bytes, count);

    public RuleTraffic Read() => new(Interlocked.Read(ref connections), Interlocked.Read(ref bytes));
}
