using System.Text.Json.Serialization;

namespace Mano.Packages.AppD;

/// <summary>How late packets may be (MEC 010-2 §6.2.1.14).</summary>
public sealed record LatencyDescriptor
{
    /// <summary>Nanoseconds, one way, from the client to the instance.</summary>
    public required long MaxLatency { get; init; }

    /// <summary>The same as a time; exact to 100 ns.</summary>
    [JsonIgnore]
    public TimeSpan Max => TimeSpan.FromTicks(MaxLatency / TimeSpan.NanosecondsPerTick);
}
