using System.Collections.Immutable;

namespace Mano.MecPlatform.Dns;

/// <summary>A name and address that an active DNS rule answers with.</summary>
internal sealed record DnsEntry(string RuleId, DomainName Name, DnsAddress Address);

/// <summary>What the responder knows at one moment; replaced whole, never edited.</summary>
/// <param name="Active">Answers by name.</param>
/// <param name="Claims">Which instance a name belongs to, active or not.</param>
internal sealed record DnsZoneData(
    ImmutableDictionary<DomainName, ImmutableArray<DnsAddress>> Active, ImmutableDictionary<DomainName, string> Claims)
{
    public static readonly DnsZoneData Empty = new(
        ImmutableDictionary<DomainName, ImmutableArray<DnsAddress>>.Empty, ImmutableDictionary<DomainName, string>.Empty);
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
    private HashSet<(string AppInstanceId, string RuleId)> active = [];
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
            if (wanted.Count == 0 ? !entries.Remove(appInstanceId) : !Replace(appInstanceId, wanted))
            {
                return;
            }

            current = current with { Active = Build() };
            active = [.. entries.SelectMany(own => own.Value.Select(e => (own.Key, e.RuleId)))];
        }
    }

    public bool IsActive(string appInstanceId, string ruleId)
    {
        lock (gate)
        {
            return active.Contains((appInstanceId, ruleId));
        }
    }

    private bool Replace(string appInstanceId, IReadOnlyList<DnsEntry> wanted)
    {
        if (entries.TryGetValue(appInstanceId, out var present) && present.SequenceEqual(wanted))
        {
            return false;
        }

        entries[appInstanceId] = [.. wanted];
        return true;
    }

    private ImmutableDictionary<DomainName, ImmutableArray<DnsAddress>> Build() => entries.Values
        .SelectMany(own => own)
        .GroupBy(e => e.Name, e => e.Address)
        .ToImmutableDictionary(g => g.Key, g => g.DistinctBy(a => a.Address).ToImmutableArray());
}
