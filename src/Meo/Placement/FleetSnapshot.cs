using System.Collections.Immutable;
using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement;

/// <summary>
/// Every host at one moment. Placement sees nothing else of the world. Immutable; a change makes another that shares nearly all
/// of it, at a cost that does not grow with the fleet.
/// </summary>
internal sealed class FleetSnapshot
{
    private readonly ImmutableDictionary<string, HostEntry> byId;
    private readonly ImmutableDictionary<string, HostNode> bySite;
    private readonly ImmutableDictionary<string, HostNode> byZone;
    private readonly ImmutableDictionary<string, (HostTraits Traits, int Hosts)> classes;
    private ImmutableArray<HostModel> ordered;

    private FleetSnapshot(
        HostNode? all,
        ImmutableDictionary<string, HostEntry> byId,
        ImmutableDictionary<string, HostNode> bySite,
        ImmutableDictionary<string, HostNode> byZone,
        ImmutableDictionary<string, (HostTraits Traits, int Hosts)> classes) =>
        (All, this.byId, this.bySite, this.byZone, this.classes) = (all, byId, bySite, byZone, classes);

    public static FleetSnapshot Empty { get; } = new(
        null,
        ImmutableDictionary.Create<string, HostEntry>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, HostNode>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, HostNode>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, (HostTraits, int)>(StringComparer.Ordinal));

    /// <summary>How many hosts.</summary>
    public int Count => byId.Count;

    /// <summary>Every host, ordered by id. Sorted when it is first asked for: for explanations, not for decisions.</summary>
    public ImmutableArray<HostModel> Hosts
    {
        get
        {
            if (ordered.IsDefault)
            {
                ordered = [.. byId.Values.Select(e => e.Host).OrderBy(h => h.HostId, StringComparer.Ordinal)];
            }

            return ordered;
        }
    }

    /// <summary>The index of all hosts; null when there are none.</summary>
    public HostNode? All { get; }

    public static FleetSnapshot Of(IEnumerable<HostModel> hosts) => hosts.Aggregate(Empty, (fleet, host) => fleet.With(host));

    /// <summary>The host, or null.</summary>
    public HostModel? Find(string hostId) => byId.GetValueOrDefault(hostId)?.Host;

    /// <summary>The index of a site's hosts; null when it has none.</summary>
    public HostNode? AtSite(string siteId) => bySite.GetValueOrDefault(siteId);

    /// <summary>The index of a zone's hosts; null when it has none.</summary>
    public HostNode? InZone(string zone) => byZone.GetValueOrDefault(zone);

    /// <summary>One host as an index; null when it is not there.</summary>
    public HostNode? Alone(string hostId) => byId.TryGetValue(hostId, out var entry) ? HostNode.Leaf([entry]) : null;

    /// <summary>The fleet with a host more, or with the host as it is now.</summary>
    public FleetSnapshot With(HostModel host)
    {
        var before = byId.GetValueOrDefault(host.HostId);
        var isSameClass = before is not null && HostTraits.AreSame(before.Host, host);
        var (kept, traits) = isSameClass ? (classes, before!.Traits) : Enter(before is null ? classes : Leave(before.Traits), host);
        var after = new HostEntry(host, traits);
        return new(
            before is null ? HostTree.Add(All, after) : HostTree.Replace(All!, before, after),
            byId.SetItem(host.HostId, after),
            Moved(bySite, before, before?.Host.SiteId, after, host.SiteId),
            Moved(byZone, before, before?.Host.Zone, after, host.Zone),
            kept);
    }

    /// <summary>The fleet without a host, if it is there.</summary>
    public FleetSnapshot Without(string hostId) => byId.TryGetValue(hostId, out var gone)
        ? new(
            HostTree.Remove(All!, gone),
            byId.Remove(hostId),
            Moved(bySite, gone, gone.Host.SiteId, null, ""),
            Moved(byZone, gone, gone.Host.Zone, null, ""),
            Leave(gone.Traits))
        : this;

    private static ImmutableDictionary<string, HostNode> Moved(
        ImmutableDictionary<string, HostNode> trees, HostEntry? before, string? from, HostEntry? after, string to)
    {
        if (before is not null && after is not null && from == to)
        {
            return trees.SetItem(to, HostTree.Replace(trees[to], before, after));
        }

        if (before is not null)
        {
            trees = HostTree.Remove(trees[from!], before) is { } left ? trees.SetItem(from!, left) : trees.Remove(from!);
        }

        return after is null ? trees : trees.SetItem(to, HostTree.Add(trees.GetValueOrDefault(to), after));
    }

    private ImmutableDictionary<string, (HostTraits Traits, int Hosts)> Leave(HostTraits traits)
    {
        var (same, hosts) = classes[traits.Text];
        return hosts == 1 ? classes.Remove(traits.Text) : classes.SetItem(traits.Text, (same, hosts - 1));
    }

    private static (ImmutableDictionary<string, (HostTraits Traits, int Hosts)> Classes, HostTraits Traits) Enter(
        ImmutableDictionary<string, (HostTraits Traits, int Hosts)> classes, HostModel host)
    {
        var text = HostTraits.TextOf(host);
        var (traits, hosts) = classes.TryGetValue(text, out var known) ? known : (HostTraits.Of(host, text), 0);
        return (classes.SetItem(text, (traits, hosts + 1)), traits);
    }
}
