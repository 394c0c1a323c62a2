using System.Collections.Concurrent;

namespace Mano.MecPlatform.Dns;

/// <summary>What the responder did, for /metrics.</summary>
internal sealed class DnsCounters
{
    private readonly ConcurrentDictionary<DnsResponseCode, long> answered = [];
    private long forwarded;

    public long ForwardedTotal => Interlocked.Read(ref forwarded);

    public IReadOnlyDictionary<DnsResponseCode, long> AnsweredTotal => answered;

    public void Answered(DnsResponseCode code) => answered.AddOrUpdate(code, 1, (_, old) => old + 1);

    public void Forwarded() => Interlocked.Increment(ref forwarded);
}
