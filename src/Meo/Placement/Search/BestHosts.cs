using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Search;

/// <summary>
/// The best hosts of a fleet, found best first: the group whose bound promises most is opened next, until those found beat
/// whatever the groups left over can promise. Filters and bounds being sound, these are the hosts that the scan would find.
/// </summary>
internal sealed class BestHosts(PlacementRules rules, PlacementRequest request, FleetSnapshot fleet, int wanted)
{
    private readonly Inquiry inquiry = new(rules, request, fleet);
    private readonly List<RankedHost> best = new(wanted + 1);
    private readonly PriorityQueue<HostNode, Promise> groups = new(Promise.BestFirst);
    private readonly ulong start = TieBreak.StartOf(request.Seed);

    /// <summary>How many hosts were looked at.</summary>
    public int Looked { get; private set; }

    /// <summary>At most as many as are wanted, best first.</summary>
    public IReadOnlyList<RankedHost> Find()
    {
        foreach (var root in inquiry.Scope.Roots)
        {
            Consider(root);
        }

        while (groups.TryDequeue(out var group, out var promise) && !IsBeaten(promise))
        {
            Open(group);
        }

        return best;
    }

    private void Consider(HostNode node)
    {
        if (inquiry.MayPass(node.Group))
        {
            var promise = new Promise(inquiry.Bound(node.Group), TieBreak.Distance(start, node.Group.MinRing, node.Group.MaxRing));
            if (!IsBeaten(promise))
            {
                groups.Enqueue(node, promise);
            }
        }
    }

    private void Open(HostNode node)
    {
        if (node.Hosts is { } hosts)
        {
            foreach (var entry in hosts)
            {
                Look(entry);
            }

            return;
        }

        foreach (var below in node.Below!)
        {
            Consider(below);
        }
    }

    private void Look(HostEntry entry)
    {
        Looked++;
        if (!inquiry.Passes(entry))
        {
            return;
        }

        var ranked = new RankedHost(entry.Host, inquiry.Score(entry), TieBreak.Distance(start, entry.Ring));
        var at = best.Count;
        while (at > 0 && RankedHost.BestFirst(ranked, best[at - 1]) < 0)
        {
            at--;
        }

        if (at < wanted)
        {
            best.Insert(at, ranked);
            if (best.Count > wanted)
            {
                best.RemoveAt(wanted);
            }
        }
    }

    private bool IsBeaten(Promise promise) => best.Count == wanted && best[^1].Beats(promise.Score, promise.Distance);
}

/// <summary>What the hosts of a group can be at best: at most this score, at least this far on the ring.</summary>
internal readonly record struct Promise(double Score, ulong Distance)
{
    public static Comparer<Promise> BestFirst { get; } = Comparer<Promise>.Create((left, right) =>
    {
        var order = right.Score.CompareTo(left.Score);
        return order != 0 ? order : left.Distance.CompareTo(right.Distance);
    });
}
