namespace Mano.Meo.Rest;

/// <summary>MEC 010-2 TimeStamp (clause 6.2.5.4): Unix time.</summary>
internal sealed record TimeStamp(uint Seconds, uint NanoSeconds)
{
    public static TimeStamp Of(DateTimeOffset time)
    {
        var ticks = (time - DateTimeOffset.UnixEpoch).Ticks;
        return new((uint)(ticks / TimeSpan.TicksPerSecond), (uint)(ticks % TimeSpan.TicksPerSecond * 100));
    }
}
