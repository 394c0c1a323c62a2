using Mano.Meo.Placement.Filters;

namespace Mano.Meo.Placement;

/// <summary>The one sentence of a decision.</summary>
internal static class Tally
{
    /// <summary>How many were refused for which reason.</summary>
    public static Dictionary<string, int> Of(IEnumerable<Rejection> rejections) =>
        rejections.GroupBy(r => r.Reason).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);

    /// <summary>"4 hosts: 2 LATENCY_TOO_HIGH, 1 NO_FEATURE, 1 FULL".</summary>
    public static string NoHost(int hosts, IReadOnlyDictionary<string, int> refused) =>
        hosts == 0 ? "0 hosts: no site has registered" : $"{Hosts(hosts)}: {Reasons(refused)}";

    /// <summary>"edge-a-1: latency 5 ms of 20 ms, 6000 mCPU, 1024 MiB, 10 GiB free; best of 2, refused 1 FULL".</summary>
    public static string Chosen(PlacementRequest request, HostModel host, int candidates, IReadOnlyDictionary<string, int> refused)
    {
        var among = candidates == 1 ? "the only candidate" : $"best of {candidates}";
        return $"{About(request, host)}; {among}{(refused.Count == 0 ? "" : ", refused " + Reasons(refused))}";
    }

    /// <summary>"edge-a-1: latency 5 ms, 6000 mCPU, 1024 MiB, 10 GiB free; the best of a fleet of 9000 hosts ('mano placement explain' shows each)".</summary>
    public static string ChosenOfMany(PlacementRequest request, HostModel host, int hosts) =>
        $"{About(request, host)}; the best of a fleet of {hosts} hosts ('mano placement explain' shows each)";

    private static string About(PlacementRequest request, HostModel host)
    {
        var budget = request.MaxLatencyNs is { } most ? " of " + LatencyBudgetFilter.Milliseconds(most) : "";
        return $"{host.HostId}: latency {LatencyBudgetFilter.Milliseconds(request.LatencyTo(host))}{budget}, {host.Free} free";
    }

    private static string Hosts(int count) => count == 1 ? "1 host" : $"{count} hosts";

    private static string Reasons(IReadOnlyDictionary<string, int> refused) => string.Join(", ", refused
        .OrderByDescending(r => r.Value)
        .ThenBy(r => r.Key, StringComparer.Ordinal)
        .Select(r => $"{r.Value} {r.Key}"));
}
