namespace Mano.MecPlatform.Traffic.GtpU;

/// <summary>What was not carried, by reason.</summary>
internal sealed class GtpCounters
{
    private long malformed;
    private long strangers;
    private long unknownTunnels;
    private long refusals;
    private long undelivered;

    public long Malformed => Interlocked.Read(ref malformed);

    /// <summary>From addresses with which there is no tunnel: never answered.</summary>
    public long Strangers => Interlocked.Read(ref strangers);

    /// <summary>From a peer, with an identifier that no tunnel with it has.</summary>
    public long UnknownTunnels => Interlocked.Read(ref unknownTunnels);

    /// <summary>Error Indications of peers: they do not know a tunnel of ours.</summary>
    public long Refusals => Interlocked.Read(ref refusals);

    /// <summary>What the kernel did not take, to either side.</summary>
    public long Undelivered => Interlocked.Read(ref undelivered);

    public long Lost => Malformed + Strangers + UnknownTunnels + Refusals + Undelivered;

    public void CountMalformed() => Interlocked.Increment(ref malformed);

    public void CountStranger() => Interlocked.Increment(ref strangers);

    public void CountUnknownTunnel() => Interlocked.Increment(ref unknownTunnels);

    public void CountRefusal() => Interlocked.Increment(ref refusals);

    public void CountUndelivered() => Interlocked.Increment(ref undelivered);
}
