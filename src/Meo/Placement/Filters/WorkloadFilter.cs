namespace Mano.Meo.Placement.Filters;

/// <summary>The VIM can run what the package contains: a VM, a container, a root file system, an executable.</summary>
internal sealed class WorkloadFilter : IHostFilter
{
    /// <summary>What a VIM says that runs everything, as the simulated one does.</summary>
    public const string Any = "any";

    public string Name => "workload";

    public Refusal? Refuse(PlacementRequest request, HostModel host)
    {
        if (host.WorkloadKinds.Contains(Any))
        {
            return null;
        }

        foreach (var kind in request.WorkloadKinds)
        {
            if (!host.WorkloadKinds.Contains(kind))
            {
                return new("OTHER_WORKLOAD", kind, Refusal.Listed(host.WorkloadKinds));
            }
        }

        return null;
    }
}
