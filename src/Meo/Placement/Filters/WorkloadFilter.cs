namespace Mano.Meo.Placement.Filters;

/// <summary>The VIM can run what the package contains: a VM, a container, a root file system, an executable.</summary>
internal sealed class WorkloadFilter : ITraitFilter
{
    /// <summary>What a VIM says that runs everything, as the simulated one does.</summary>
    public const string Any = "any";

    private const string Other = "OTHER_WORKLOAD";

    public string Name => "workload";

    public string? Refuses(PlacementRequest request, HostModel host) => FirstMissing(request, host) is null ? null : Other;

    public Refusal Explain(PlacementRequest request, HostModel host) => new(Other, FirstMissing(request, host)!, Refusal.Listed(host.WorkloadKinds));

    private static string? FirstMissing(PlacementRequest request, HostModel host)
    {
        if (host.WorkloadKinds.Contains(Any))
        {
            return null;
        }

        foreach (var kind in request.WorkloadKinds)
        {
            if (!host.WorkloadKinds.Contains(kind))
            {
                return kind;
            }
        }

        return null;
    }
}
