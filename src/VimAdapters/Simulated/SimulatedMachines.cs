using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Simulated;

/// <summary>Which machine a compute of a group lies on. Pure.</summary>
internal static class SimulatedMachines
{
    /// <summary>The lowest machine, from 1, that keeps every group of the compute; 0 for one without groups.</summary>
    public static int Choose(string computeId, ComputeSpec spec, IEnumerable<SimulatedCompute> others, int machines)
    {
        if (spec.Groups.Count == 0)
        {
            return 0;
        }

        var placed = others.Where(o => o.Machine > 0 && o.Spec.Labels.Tenant == spec.Labels.Tenant).ToArray();
        var allowed = Enumerable.Range(1, machines).ToHashSet();
        foreach (var group in spec.Groups)
        {
            var theirs = placed.Where(o => o.Spec.Groups.Contains(group)).Select(o => o.Machine).ToHashSet();
            if (group.Rule == AffinityRule.Apart)
            {
                allowed.ExceptWith(theirs);
            }
            else if (theirs.Count > 0)
            {
                allowed.IntersectWith(theirs);
            }

            if (allowed.Count == 0)
            {
                throw VimFailures.GroupCannotBeKept(computeId, group, group.Rule == AffinityRule.Apart
                    ? $"they lie on {theirs.Count} of the {machines} machines, and its other groups leave it none of the rest."
                    : $"they lie on machine {string.Join(", ", theirs.Order())}, which its other groups forbid.").ToException();
            }
        }

        return allowed.Min();
    }
}
