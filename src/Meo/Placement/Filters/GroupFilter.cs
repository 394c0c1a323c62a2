using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Filters;

/// <summary>
/// Instances that share an anti-affinity group stand on different hosts; those that share an affinity group, on one. A group that has
/// no member anywhere keeps nobody away.
/// </summary>
internal sealed class GroupFilter : IHostFilter
{
    private const string Near = "AFFINITY_GROUP";
    private const string Away = "ANTI_AFFINITY_GROUP";

    public string Name => "groups";

    public string? Refuses(PlacementRequest request, HostModel host) =>
        Missing(request, host) is not null ? Near : Unwanted(request, host) is not null ? Away : null;

    public Refusal Explain(PlacementRequest request, HostModel host) => Missing(request, host) is { } missing
        ? new(Near, "with the group " + missing, "none of it there")
        : new(Away, "not with the group " + Unwanted(request, host), "one of it is there");

    public GroupVerdict Judge(PlacementRequest request, HostGroup group) =>
        request.AffinityGroups.Length == 0 && request.AntiAffinityGroups.Length == 0 ? GroupVerdict.All : GroupVerdict.Mixed;

    private static string? Missing(PlacementRequest request, HostModel host)
    {
        foreach (var near in request.AffinityGroups)
        {
            if (!host.Groups.ContainsKey(near))
            {
                return near;
            }
        }

        return null;
    }

    private static string? Unwanted(PlacementRequest request, HostModel host)
    {
        foreach (var away in request.AntiAffinityGroups)
        {
            if (host.Groups.ContainsKey(away))
            {
                return away;
            }
        }

        return null;
    }
}
