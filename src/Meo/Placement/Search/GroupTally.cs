using System.Runtime.InteropServices;
using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Search;

/// <summary>How many hosts are refused for which reason, counted group by group where a whole group has one reason.</summary>
internal sealed class GroupTally(PlacementRules rules, PlacementRequest request, FleetSnapshot fleet)
{
    private readonly Inquiry inquiry = new(rules, request, fleet);
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);

    /// <summary>The number of hosts for each reason; hosts that pass are not counted.</summary>
    public IReadOnlyDictionary<string, int> Count()
    {
        var rest = fleet.Count;
        foreach (var root in inquiry.Scope.Roots)
        {
            rest -= root.Group.Count;
            Count(root);
        }

        if (rest > 0)
        {
            Add(inquiry.Scope.ReasonOfTheRest, rest);
        }

        return counts;
    }

    private void Count(HostNode node)
    {
        if (inquiry.ReasonOfAll(node.Group) is { } reason)
        {
            Add(reason, node.Group.Count);
            return;
        }

        foreach (var below in node.Below ?? [])
        {
            Count(below);
        }

        foreach (var entry in node.Hosts ?? [])
        {
            if (inquiry.Reason(entry) is { } own)
            {
                Add(own, 1);
            }
        }
    }

    private void Add(string reason, int hosts) => CollectionsMarshal.GetValueRefOrAddDefault(counts, reason, out _) += hosts;
}
