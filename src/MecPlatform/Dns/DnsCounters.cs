using System.Collections.Concurrent;

namespace Mano.MecPlatform.Dns;

/// <summary>What the responder did, for /metrics.</summary>
internal sealed class DnsCounters
{
    private readonly ConcurrentDictionary<DnsResponseCode, long> answered = [];
    private long forwarded;
    private long unanswered;

    public long ForwardedTotal => Interlocked.Read(ref forwarded);

    /// <summary>Of those, which the upstream did not answer in time.</summary>
    public long UnansweredTotal => Interlocked.Read(ref unanswered);

    public void Unanswered() => Interlocked.Increment(ref unanswered);

    public IReadOnlyDictionary<DnsResponseCode, long> AnsweredTotal => answered;

    public void Answered(DnsResponseCode code) => answered.AddOrUpdate(code, 1, (_, old) => old + 1);

    public void Forwarded() => Interlocked.Increment(ref forwarded);
}
