using System.Globalization;

namespace Mano.Meo.Placement.Filters;

/// <summary>The host is near enough to its users (MEC 010-2 appLatency, or the caller's tighter bound).</summary>
internal sealed class LatencyBudgetFilter : IHostFilter
{
    private const double NanosecondsPerMillisecond = 1_000_000;

    public string Name => "latency";

    public Refusal? Refuse(PlacementRequest request, HostModel host) =>
        request.MaxLatencyNs is not { } budget || host.LatencyNs <= budget
            ? null
            : new("LATENCY_TOO_HIGH", Milliseconds(budget), Milliseconds(host.LatencyNs));

    /// <summary>"10 ms", "0.25 ms".</summary>
    public static string Milliseconds(long nanoseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / NanosecondsPerMillisecond:0.######} ms");
}
