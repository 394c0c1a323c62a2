using System.Collections.Immutable;

namespace Mano.MecPlatform.Dns;

/// <summary>A name and address that an active DNS rule answers with.</summary>
internal sealed record DnsEntry(string RuleId, DomainName Name, DnsAddress Address);

/// <summary>What the responder knows at one moment; replaced whole, never edited.</summary>
/// <param name="Active">Answers by name.</param>
/// <param name="Below">How many of them lie below a name; such a name exists, though it has no address (RFC 8020).</param>
/// <param name="Claims">Which instance a name belongs to, active or not.</param>
internal sealed record DnsZoneData(
    ImmutableDictionary<DomainName, ImmutableArray<DnsAddress>> Active, ImmutableDictionary<DomainName, int> Below, ImmutableDictionary<DomainName, string> Claims)
{
    public static readonly DnsZoneData Empty = new(
        ImmutableDictionary<DomainName, ImmutableArray<DnsAddress>>.Empty, ImmutableDictionary<DomainName, int>.Empty, ImmutableDictionary<DomainName, string>.Empty);
}

/// <summary>
/// The DNS rules in effect. Readers take <see cref="Current"/> and keep it for one query; writers replace it. A name
/// belongs to the one instance that claimed it, from its configuration to its removal.
/// </summary>
internal sealed class DnsTable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, ImmutableArray<DnsEntry>> entries = [];
    private readonly Dictionary<string, DomainName[]> claimed = [];
    private volatile DnsZoneData current = DnsZoneData.Empty;

    public DnsZoneData Current => current;

    /// <summary>The name among these that another instance holds, and its holder; null if all are free or the caller's own.</summary>
    public (DomainName Name, string Holder)? FindHolder(string appInstanceId, IEnumerable<DomainName> names)
    {
        var claims = current.Claims;
        foreach (var name in names)
        {
            if (claims.TryGetValue(name, out var holder) && holder != appInstanceId)
            {
                return (name, holder);
            }
        }

        return null;
    }

    /// <summary>Takes exactly these names for the instance, unless another holds one; then nothing changes and the answer says which.</summary>
    public (DomainName Name, string Holder)? Claim(string appInstanceId, IReadOnlyCollection<DomainName> names)
    {
        lock (gate)
        {
            if (FindHolder(appInstanceId, names) is { } taken)
            {
                return taken;
            }

            var before = claimed.GetValueOrDefault(appInstanceId, []);
            if (before.Length > 0 || names.Count > 0)
            {
                current = current with { Claims = current.Claims.RemoveRange(before).SetItems(names.Select(n => KeyValuePair.Create(n, appInstanceId))) };
                _ = names.Count > 0 ? (claimed[appInstanceId] = [.. names]).Length > 0 : claimed.Remove(appInstanceId);
            }

            return null;
        }
    }

    /// <summary>Makes exactly these answers the instance's active ones; with none, all of them leave.</summary>
    public void Apply(string appInstanceId, IReadOnlyList<DnsEntry> wanted)
    {
        lock (gate)
        {
            ImmutableArray<DnsEntry> before = entries.GetValueOrDefault(appInstanceId, []);
            if (before.SequenceEqual(wanted))
            {
                return;
            }

            _ = wanted.Count == 0 ? entries.Remove(appInstanceId) : (entries[appInstanceId] = [.. wanted]).Length > 0;
            Exchange(appInstanceId, before, wanted);
        }
    }

    /// <summary>Whether exactly these are the instance's active ones.</summary>
    public bool Holds(string appInstanceId, IReadOnlyList<DnsEntry> wanted)
    {
        lock (gate)
        {
            return entries.GetValueOrDefault(appInstanceId, []).SequenceEqual(wanted);
        }
    }

    /// <summary>Instances of which a name is answered.</summary>
    public IReadOnlyCollection<string> Owners
    {
        get
        {
            lock (gate)
            {
                return [.. entries.Keys];
            }
        }
    }

    /// <summary>What is answered for each instance. A name that has changed hands is its new holder's alone.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<DnsEntry>> Entries
    {
        get
        {
            lock (gate)
            {
                return entries.ToDictionary(e => e.Key, e => Own(e.Key, e.Value), StringComparer.Ordinal);
            }
        }
    }

    /// <summary>The same for one.</summary>
    public ImmutableArray<DnsEntry> EntriesOf(string appInstanceId)
    {
        lock (gate)
        {
            return Own(appInstanceId, entries.GetValueOrDefault(appInstanceId, []));
        }
    }

    public bool IsActive(string appInstanceId, string ruleId)
    {
        lock (gate)
        {
            return entries.TryGetValue(appInstanceId, out var own) && own.Any(e => e.RuleId == ruleId);
        }
    }

    private ImmutableArray<DnsEntry> Own(string appInstanceId, ImmutableArray<DnsEntry> held) =>
        held.RemoveAll(e => current.Claims.GetValueOrDefault(e.Name, appInstanceId) != appInstanceId);

    /// <summary>
    /// Exchanges one instance's answers; no other name is looked at. A name that it gave back a moment ago may be another one's
    /// by now, whose answers stay.
    /// </summary>
    private void Exchange(string appInstanceId, IEnumerable<DnsEntry> before, IReadOnlyList<DnsEntry> after)
    {
        var (active, below) = (current.Active.ToBuilder(), current.Below.ToBuilder());
        foreach (var name in before.Concat(after).Select(e => e.Name).ToHashSet())
        {
            var holder = current.Claims.GetValueOrDefault(name, appInstanceId);
            var others = holder == appInstanceId ? [] : entries.GetValueOrDefault(holder, []);
            var addresses = Sets(after.Concat(others).Where(e => e.Name.Equals(name)).Select(e => e.Address));
            var change = (active.ContainsKey(name) ? -1 : 0) + (addresses.IsEmpty ? 0 : 1);
            _ = addresses.IsEmpty ? active.Remove(name) : (active[name] = addresses).Length > 0;
            foreach (var above in change == 0 ? [] : name.Above)
            {
                below[above] = below.GetValueOrDefault(above) + change;
                _ = below[above] == 0 && below.Remove(above);
            }
        }

        current = current with { Active = active.ToImmutable(), Below = below.ToImmutable() };
    }

    /// <summary>Each address once; those of one type have one TTL, the shortest (RFC 2181 5.2).</summary>
    private static ImmutableArray<DnsAddress> Sets(IEnumerable<DnsAddress> addresses) =>
        [.. addresses.GroupBy(a => a.Type).SelectMany(set => set.Select(a => a with { TtlSeconds = set.Min(o => o.TtlSeconds) })).Distinct()];
}
