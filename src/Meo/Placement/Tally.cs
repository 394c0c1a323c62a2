using Mano.Meo.Placement.Filters;

namespace Mano.Meo.Placement;

/// <summary>The one sentence of a decision.</summary>
internal static class Tally
{
    /// <summary>"4 hosts: 2 LATENCY_TOO_HIGH, 1 NO_FEATURE, 1 FULL".</summary>
    public static string NoHost(FleetSnapshot fleet, IReadOnlyCollection<Rejection> rejections) =>
        fleet.Hosts.Length == 0 ? "0 hosts: no site has registered" : $"{Hosts(fleet.Hosts.Length)}: {Reasons(rejections)}";

    /// <summary>"edge-a-1: latency 5 ms of 20 ms, 6000 mCPU, 1024 MiB, 10 GiB free; best of 2, refused 1 FULL".</summary>
    public static string Chosen(PlacementRequest request, HostModel host, int candidates, IReadOnlyCollection<Rejection> rejections)
    {
        var latency = LatencyBudgetFilter.Milliseconds(host.LatencyNs)
            + (request.MaxLatencyNs is { } budget ? " of " + LatencyBudgetFilter.Milliseconds(budget) : "");
        var among = candidates == 1 ? "the only candidate" : $"best of {candidates}";
        var refused = rejections.Count == 0 ? "" : ", refused " + Reasons(rejections);
        return $"{host.HostId}: latency {latency}, {host.Free} free; {among}{refused}";
    }

    private static string Hosts(int count) => count == 1 ? "1 host" : $"{count} hosts";

    private static string Reasons(IReadOnlyCollection<Rejection> rejections) => string.Join(", ", rejections
        .GroupBy(r => r.Reason)
        .OrderByDescending(g => g.Count())
        .ThenBy(g => g.Key, StringComparer.Ordinal)
        .Select(g => $"{g.Count()} {g.Key}"));
}
