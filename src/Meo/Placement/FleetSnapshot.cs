using System.Collections.Immutable;
using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement;

/// <summary>
/// Every host at one moment. Placement sees nothing else of the world. Immutable; a change makes another that shares nearly all
/// of it, at a cost that does not grow with the fleet.
/// </summary>
internal sealed class FleetSnapshot
{
    private readonly HashTrie<HostEntry> byId;
    private readonly HashTrie<HostNode> bySite;
    private readonly HashTrie<HostNode> byZone;
    private readonly HashTrie<Class> classes;
    private readonly HashTrie<Group> groups;
    private ImmutableArray<HostModel> ordered;

    private FleetSnapshot(
        HostNode? all, HashTrie<HostEntry> byId, HashTrie<HostNode> bySite, HashTrie<HostNode> byZone, HashTrie<Class> classes, HashTrie<Group> groups) =>
        (All, this.byId, this.bySite, this.byZone, this.classes, this.groups) = (all, byId, bySite, byZone, classes, groups);

    public static FleetSnapshot Empty { get; } = new(
        null,
        HashTrie<HostEntry>.Empty,
        HashTrie<HostNode>.Empty,
        HashTrie<HostNode>.Empty,
        HashTrie<Class>.Empty,
        HashTrie<Group>.Empty);

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
    public HostModel? Find(string hostId) => byId.Find(hostId)?.Host;

    /// <summary>The index of a site's hosts; null when it has none.</summary>
    public HostNode? AtSite(string siteId) => bySite.Find(siteId);

    /// <summary>The index of a zone's hosts; null when it has none.</summary>
    public HostNode? InZone(string zone) => byZone.Find(zone);

    /// <summary>The indexes of every site that has hosts.</summary>
    public IEnumerable<HostNode> Sites => bySite.Values;

    /// <summary>Whether an instance of the affinity group has a hold anywhere.</summary>
    public bool HasGroup(string group) => groups.Find(group) is not null;

    /// <summary>One host as an index; null when it is not there.</summary>
    public HostNode? Alone(string hostId) => byId.Find(hostId) is { } entry ? HostNode.Leaf([entry]) : null;

    /// <summary>The fleet with a host more, or with the host as it is now.</summary>
    public FleetSnapshot With(HostModel host)
    {
        var before = byId.Find(host.HostId);
        var isSameClass = before is not null && HostTraits.AreSame(before.Host, host);
        var (kept, traits) = isSameClass ? (classes, before!.Traits) : Enter(before is null ? classes : Leave(before.Traits), host);
        var after = new HostEntry(host, traits);
        return new(
            before is null ? HostTree.Add(All, after) : HostTree.Replace(All!, before, after),
            byId.Set(host.HostId, after),
            Moved(bySite, before, before?.Host.SiteId, after, host.SiteId),
            Moved(byZone, before, before?.Host.Zone, after, host.Zone),
            kept,
            Grouped(before?.Host, host));
    }

    /// <summary>The fleet without a host, if it is there.</summary>
    public FleetSnapshot Without(string hostId) => byId.Find(hostId) is { } gone
        ? new(
            HostTree.Remove(All!, gone),
            byId.Remove(hostId),
            Moved(bySite, gone, gone.Host.SiteId, null, ""),
            Moved(byZone, gone, gone.Host.Zone, null, ""),
            Leave(gone.Traits),
            Grouped(gone.Host, null))
        : this;

    private static HashTrie<HostNode> Moved(
        HashTrie<HostNode> trees, HostEntry? before, string? from, HostEntry? after, string to)
    {
        if (before is not null && after is not null && from == to)
        {
            return trees.Set(to, HostTree.Replace(trees.Find(to)!, before, after));
        }

        if (before is not null)
        {
            trees = HostTree.Remove(trees.Find(from!)!, before) is { } left ? trees.Set(from!, left) : trees.Remove(from!);
        }

        return after is null ? trees : trees.Set(to, HostTree.Add(trees.Find(to), after));
    }

    private HashTrie<Group> Grouped(HostModel? before, HostModel? after)
    {
        if (before?.Groups == after?.Groups)
        {
            return groups;
        }

        var changed = groups;
        foreach (var name in before?.Groups.Keys ?? [])
        {
            changed = changed.Find(name) is { Hosts: > 1 } more ? changed.Set(name, new(more.Hosts - 1)) : changed.Remove(name);
        }

        foreach (var name in after?.Groups.Keys ?? [])
        {
            changed = changed.Set(name, new((changed.Find(name)?.Hosts ?? 0) + 1));
        }

        return changed;
    }

    private HashTrie<Class> Leave(HostTraits traits)
    {
        var (same, hosts) = classes.Find(traits.Text)!;
        return hosts == 1 ? classes.Remove(traits.Text) : classes.Set(traits.Text, new(same, hosts - 1));
    }

    private static (HashTrie<Class> Classes, HostTraits Traits) Enter(HashTrie<Class> classes, HostModel host)
    {
        var text = HostTraits.TextOf(host);
        var (traits, hosts) = classes.Find(text) ?? new Class(HostTraits.Of(host, text), 0);
        return (classes.Set(text, new(traits, hosts + 1)), traits);
    }

    /// <summary>On how many hosts an affinity group has members.</summary>
    private sealed record Group(int Hosts);

    /// <summary>A class of hosts, and how many are of it.</summary>
    private sealed record Class(HostTraits Traits, int Hosts);
}
