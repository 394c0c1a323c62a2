namespace Mano.Meo.Placement.Filters;

/// <summary>The host has all the instances this one wants to be near, and none of those it wants to be away from.</summary>
internal sealed class AffinityFilter : IHostFilter
{
    public string Name => "affinity";

    public Refusal? Refuse(PlacementRequest request, HostModel host)
    {
        foreach (var near in request.Affinity)
        {
            if (!host.Instances.Contains(near))
            {
                return new("AFFINITY", "with " + near, "not there");
            }
        }

        foreach (var away in request.AntiAffinity)
        {
            if (away != request.AppInstanceId && host.Instances.Contains(away))
            {
                return new("ANTI_AFFINITY", "not with " + away, "is there");
            }
        }

        return null;
    }
}
