using System.Collections.Immutable;
using System.Net;

namespace Mano.MecPlatform.Dns.Backends;

/// <summary>All addresses of one type that a name is answered with; equal if they are the same, in whatever order.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">A or AAAA.</param>
/// <param name="TtlSeconds">One for all (RFC 2181 5.2).</param>
/// <param name="Addresses">In canonical spelling and order, with spaces between.</param>
internal readonly record struct RecordSet(DomainName Name, DnsType Type, uint TtlSeconds, string Addresses)
{
    public static RecordSet Of(DomainName name, DnsType type, uint ttlSeconds, IEnumerable<IPAddress> addresses) =>
        new(name, type, ttlSeconds, string.Join(' ', addresses.Select(a => a.ToString()).Distinct().Order(StringComparer.Ordinal)));

    public string[] Each => Addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public (DomainName Name, DnsType Type) Key => (Name, Type);
}

/// <summary>What instances have answered.</summary>
internal static class RecordSets
{
    /// <param name="entries">Of one instance.</param>
    /// <param name="withTtl">Else the TTL is 0: the server keeps none.</param>
    public static ImmutableHashSet<RecordSet> Of(IEnumerable<DnsEntry> entries, bool withTtl) =>
    [
        .. entries.GroupBy(e => (e.Name, e.Address.Type)).Select(set => RecordSet.Of(
            set.Key.Name, set.Key.Type, withTtl ? set.Min(e => e.Address.TtlSeconds) : 0, set.Select(e => e.Address.Address))),
    ];

    public static Dictionary<string, ImmutableHashSet<RecordSet>> Of(IReadOnlyDictionary<string, ImmutableArray<DnsEntry>> entries, bool withTtl) =>
        entries.ToDictionary(e => e.Key, e => Of(e.Value, withTtl), StringComparer.Ordinal);
}

/// <summary>What is to be exchanged for one instance.</summary>
internal sealed record DnsChange(string AppInstanceId, ImmutableHashSet<RecordSet> Before, ImmutableHashSet<RecordSet> After);

/// <summary>Compares what shall be answered with what the server holds of ours; pure.</summary>
internal static class DnsPlan
{
    /// <summary>What to change. What leaves comes first, so that a name which changes hands is with one of them at a time.</summary>
    public static IReadOnlyList<DnsChange> Between(
        IReadOnlyDictionary<string, ImmutableHashSet<RecordSet>> intended, IReadOnlyDictionary<string, ImmutableHashSet<RecordSet>> there) =>
    [
        .. intended.Keys.Union(there.Keys)
            .Select(id => new DnsChange(id, there.GetValueOrDefault(id, []), intended.GetValueOrDefault(id, [])))
            .Where(c => !c.Before.SetEquals(c.After))
            .OrderBy(c => c.After.Count)
            .ThenBy(c => c.AppInstanceId, StringComparer.Ordinal),
    ];
}
