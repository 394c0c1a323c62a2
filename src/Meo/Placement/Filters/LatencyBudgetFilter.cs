using System.Globalization;
using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Filters;

/// <summary>The host is near enough to its users (MEC 010-2 appLatency, or the caller's tighter bound).</summary>
internal sealed class LatencyBudgetFilter : IHostFilter
{
    private const double NanosecondsPerMillisecond = 1_000_000;
    private const string TooHigh = "LATENCY_TOO_HIGH";

    public string Name => "latency";

    public string? Refuses(PlacementRequest request, HostModel host) => host.LatencyNs > request.MaxLatencyNs ? TooHigh : null;

    public Refusal Explain(PlacementRequest request, HostModel host) =>
        new(TooHigh, Milliseconds(request.MaxLatencyNs!.Value), Milliseconds(host.LatencyNs));

    public GroupVerdict Judge(PlacementRequest request, HostGroup group) =>
        group.MinLatencyNs > request.MaxLatencyNs ? GroupVerdict.None(TooHigh)
        : group.MaxLatencyNs > request.MaxLatencyNs ? GroupVerdict.Mixed
        : GroupVerdict.All;

    /// <summary>"10 ms", "0.25 ms".</summary>
    public static string Milliseconds(long nanoseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / NanosecondsPerMillisecond:0.######} ms");
}
