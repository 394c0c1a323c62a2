using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Filters;

/// <summary>The host has all the instances this one wants to be near, and none of those it wants to be away from.</summary>
internal sealed class AffinityFilter : IHostFilter
{
    private const string Near = "AFFINITY";
    private const string Away = "ANTI_AFFINITY";

    public string Name => "affinity";

    public string? Refuses(PlacementRequest request, HostModel host) =>
        Missing(request, host) is not null ? Near : Unwanted(request, host) is not null ? Away : null;

    public Refusal Explain(PlacementRequest request, HostModel host) => Missing(request, host) is { } missing
        ? new(Near, "with " + missing, "not there")
        : new(Away, "not with " + Unwanted(request, host), "is there");

    public GroupVerdict Judge(PlacementRequest request, HostGroup group) =>
        request.Affinity.Length == 0 && request.AntiAffinity.Length == 0 ? GroupVerdict.All : GroupVerdict.Mixed;

    private static string? Missing(PlacementRequest request, HostModel host)
    {
        foreach (var near in request.Affinity)
        {
            if (!host.Instances.Contains(near))
            {
                return near;
            }
        }

        return null;
    }

    private static string? Unwanted(PlacementRequest request, HostModel host)
    {
        foreach (var away in request.AntiAffinity)
        {
            if (away != request.AppInstanceId && host.Instances.Contains(away))
            {
                return away;
            }
        }

        return null;
    }
}
