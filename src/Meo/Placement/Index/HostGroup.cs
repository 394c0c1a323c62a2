using Mano.Meo.Placement.Filters;
using Mano.Meo.Placement.Geography;
using Mano.Meo.Placement.Scorers;

namespace Mano.Meo.Placement.Index;

/// <summary>What is known of a group of hosts without looking at each: the sum of what its members are, never less.</summary>
internal sealed class HostGroup
{
    /// <summary>Beyond so many classes a group does not list them any more.</summary>
    public const int MostTraits = 8;

    private ulong packages;

    private HostGroup(HostEntry first)
    {
        (MinLatencyNs, MaxLatencyNs) = (first.Host.LatencyNs, first.Host.LatencyNs);
        (MinFree, MaxFree) = (first.Free, first.Free);
        (MinTotal, MaxTotal) = (first.Host.Total, first.Host.Total);
        MaxScarcest = first.Scarcest;
        (MinRing, MaxRing) = (first.Ring, first.Ring);
        Traits = first.Traits.Alone;
        MaxPart = PartsOf(first);
        (MinCost, MinWatts) = (CostScorer.CostOf(first.Host), EnergyScorer.WattsOf(first.Host));
        Place = first.Place;
        packages = first.Packages;
        Count = 1;
    }

    private HostGroup(HostGroup first)
    {
        (MinLatencyNs, MaxLatencyNs) = (first.MinLatencyNs, first.MaxLatencyNs);
        (MinFree, MaxFree) = (first.MinFree, first.MaxFree);
        (MinTotal, MaxTotal) = (first.MinTotal, first.MaxTotal);
        MaxScarcest = first.MaxScarcest;
        (MinRing, MaxRing) = (first.MinRing, first.MaxRing);
        Traits = first.Traits;
        MaxPart = first.MaxPart;
        (MinCost, MinWatts) = (first.MinCost, first.MinWatts);
        Place = first.Place;
        packages = first.packages;
        Count = first.Count;
    }

    /// <summary>How many hosts.</summary>
    public int Count { get; private set; }

    public long MinLatencyNs { get; private set; }

    public long MaxLatencyNs { get; private set; }

    /// <summary>The least of each resource, not of one host.</summary>
    public ResourceAmount MinFree { get; private set; }

    /// <summary>The most of each resource, not of one host.</summary>
    public ResourceAmount MaxFree { get; private set; }

    public ResourceAmount MinTotal { get; private set; }

    public ResourceAmount MaxTotal { get; private set; }

    /// <summary>The largest free part of each resource; meaningless where a total is 0.</summary>
    public (double Cpu, double Memory, double Disk) MaxPart { get; private set; }

    /// <summary>The largest of the hosts' scarcest free parts.</summary>
    public double MaxScarcest { get; private set; }

    public double MinCost { get; private set; }

    public double MinWatts { get; private set; }

    /// <summary>Where those of its hosts are of which it is known; null if of none.</summary>
    public GeoBox? Place { get; private set; }

    public ulong MinRing { get; private set; }

    public ulong MaxRing { get; private set; }

    /// <summary>The classes there are; null when there are too many to list.</summary>
    public HostTraits[]? Traits { get; private set; }

    public static HostGroup Of(ReadOnlySpan<HostEntry> hosts)
    {
        var group = new HostGroup(hosts[0]);
        foreach (var host in hosts[1..])
        {
            group.Add(host);
        }

        return group;
    }

    public static HostGroup Of(ReadOnlySpan<HostNode> nodes)
    {
        var group = new HostGroup(nodes[0].Group);
        foreach (var node in nodes[1..])
        {
            group.Add(node.Group);
        }

        return group;
    }

    /// <summary>At most the latency of every host.</summary>
    public long LeastLatency(PlacementRequest request) => request.UserLocation is not { } users
        ? MinLatencyNs
        : MinLatencyNs + (Place is { } box ? GeoPoint.LeastTimeNs(users, box) : GeoPoint.FarthestNs);

    /// <summary>False only if no host has an instance of the package.</summary>
    public bool MayHave(string appPkgId) => appPkgId.Length > 0 && (packages & HostEntry.MarkOf(appPkgId)) != 0;

    /// <summary>The verdict of a filter that reads traits only.</summary>
    public GroupVerdict ByTraits(IHostFilter filter, PlacementRequest request)
    {
        if (Traits is null)
        {
            return GroupVerdict.Mixed;
        }

        var reason = filter.Refuses(request, Traits[0].Example);
        var isOneReason = true;
        for (var i = 1; i < Traits.Length; i++)
        {
            var other = filter.Refuses(request, Traits[i].Example);
            if (other is null != reason is null)
            {
                return GroupVerdict.Mixed;
            }

            isOneReason &= other == reason;
        }

        return reason is null ? GroupVerdict.All : GroupVerdict.None(isOneReason ? reason : null);
    }

    private static (double Cpu, double Memory, double Disk) PartsOf(HostEntry host) => (
        host.Free.MilliCpu / (double)host.Host.Total.MilliCpu,
        host.Free.MemoryMib / (double)host.Host.Total.MemoryMib,
        host.Free.DiskGib / (double)host.Host.Total.DiskGib);

    private void Add(HostEntry host)
    {
        Count++;
        MinLatencyNs = Math.Min(MinLatencyNs, host.Host.LatencyNs);
        MaxLatencyNs = Math.Max(MaxLatencyNs, host.Host.LatencyNs);
        (MinFree, MaxFree) = (ResourceAmount.Least(MinFree, host.Free), ResourceAmount.Most(MaxFree, host.Free));
        (MinTotal, MaxTotal) = (ResourceAmount.Least(MinTotal, host.Host.Total), ResourceAmount.Most(MaxTotal, host.Host.Total));
        Add(PartsOf(host), host.Scarcest);
        Add(CostScorer.CostOf(host.Host), EnergyScorer.WattsOf(host.Host), host.Place, host.Packages);
        (MinRing, MaxRing) = (Math.Min(MinRing, host.Ring), Math.Max(MaxRing, host.Ring));
        Add(host.Traits);
    }

    private void Add(HostGroup group)
    {
        Count += group.Count;
        MinLatencyNs = Math.Min(MinLatencyNs, group.MinLatencyNs);
        MaxLatencyNs = Math.Max(MaxLatencyNs, group.MaxLatencyNs);
        (MinFree, MaxFree) = (ResourceAmount.Least(MinFree, group.MinFree), ResourceAmount.Most(MaxFree, group.MaxFree));
        (MinTotal, MaxTotal) = (ResourceAmount.Least(MinTotal, group.MinTotal), ResourceAmount.Most(MaxTotal, group.MaxTotal));
        Add(group.MaxPart, group.MaxScarcest);
        Add(group.MinCost, group.MinWatts, group.Place, group.packages);
        (MinRing, MaxRing) = (Math.Min(MinRing, group.MinRing), Math.Max(MaxRing, group.MaxRing));
        if (group.Traits is null)
        {
            Traits = null;
        }
        else
        {
            foreach (var traits in group.Traits)
            {
                Add(traits);
            }
        }
    }

    private void Add((double Cpu, double Memory, double Disk) part, double scarcest)
    {
        MaxPart = (Math.Max(MaxPart.Cpu, part.Cpu), Math.Max(MaxPart.Memory, part.Memory), Math.Max(MaxPart.Disk, part.Disk));
        MaxScarcest = Math.Max(MaxScarcest, scarcest);
    }

    private void Add(double cost, double watts, GeoBox? place, ulong held)
    {
        MinCost = Math.Min(MinCost, cost);
        MinWatts = Math.Min(MinWatts, watts);
        Place = place is null ? Place : Place?.With(place) ?? place;
        packages |= held;
    }

    private void Add(HostTraits traits)
    {
        if (Traits is not null && Array.IndexOf(Traits, traits) < 0)
        {
            Traits = Traits.Length < MostTraits ? [.. Traits, traits] : null;
        }
    }
}
