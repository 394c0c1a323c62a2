using System.Globalization;
using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Filters;

/// <summary>The host is near enough to its users (MEC 010-2 appLatency, or the caller's tighter bound).</summary>
internal sealed class LatencyBudgetFilter : IHostFilter
{
    private const double NanosecondsPerMillisecond = 1_000_000;
    private const string TooHigh = "LATENCY_TOO_HIGH";

    public string Name => "latency";

    public string? Refuses(PlacementRequest request, HostModel host) => request.MaxLatencyNs is { } budget && request.LatencyTo(host) > budget ? TooHigh : null;

    public Refusal Explain(PlacementRequest request, HostModel host) =>
        new(TooHigh, Milliseconds(request.MaxLatencyNs!.Value), Milliseconds(request.LatencyTo(host)));

    public GroupVerdict Judge(PlacementRequest request, HostGroup group) =>
        request.MaxLatencyNs is not { } budget ? GroupVerdict.All
        : group.LeastLatency(request) > budget ? GroupVerdict.None(TooHigh)
        : request.UserLocation is null && group.MaxLatencyNs <= budget ? GroupVerdict.All
        : GroupVerdict.Mixed;

    /// <summary>"10 ms", "0.25 ms".</summary>
    public static string Milliseconds(long nanoseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / NanosecondsPerMillisecond:0.######} ms");
}
