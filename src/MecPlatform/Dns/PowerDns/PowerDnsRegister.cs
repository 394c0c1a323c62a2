using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Mano.MecPlatform.Dns.Backends;

namespace Mano.MecPlatform.Dns.PowerDns;

/// <summary>
/// Names in a PowerDNS authoritative server. A record set is ours if one of its comments carries our mark as its account; the
/// comment says whose it is. Any other set stays as it is, also where its name is wanted: that name is refused then.
/// </summary>
internal sealed class PowerDnsRegister(PowerDnsClient client, DnsBackendOptions options, IReadOnlyList<DomainName> told, IPEndPoint address, string platformId) : IDnsRegister
{
    private const int SetsInOnePatch = 500; // well below the 2 MB that its web server takes

    private readonly string mark = $"mano:{platformId}";
    private PowerDnsZones zones = new([], [], string.Empty, false);
    private Dictionary<(DomainName Name, DnsType Type), DomainName> zoneOfOurs = [];
    private HashSet<(DomainName Name, DnsType Type)> foreign = [];

    public string Kind => "powerdns";

    public IPEndPoint Address => address;

    public bool CarriesTtl => true;

    public async Task<IReadOnlyDictionary<string, ImmutableHashSet<RecordSet>>> Read(CancellationToken cancel)
    {
        zones = new(await client.Zones(cancel), told, mark, options.PowerDnsCreatesZones);
        (zoneOfOurs, foreign) = ([], []);
        var found = new Dictionary<string, ImmutableHashSet<RecordSet>>(StringComparer.Ordinal);
        foreach (var (name, zone) in zones.Ours.ToArray())
        {
            if (await client.Find(zone.Id ?? zone.Name, cancel) is { } whole)
            {
                Take(name, whole, found);
            }
        }

        return found;
    }

    public async Task<IReadOnlyDictionary<string, string>> Write(
        IReadOnlyList<DnsChange> changes, IReadOnlyDictionary<string, ImmutableHashSet<RecordSet>> intended, CancellationToken cancel)
    {
        var refused = new Dictionary<string, string>(StringComparer.Ordinal);
        var patches = new List<(DomainName Zone, string Owner, PowerDnsRecordSet Set)>();
        foreach (var (owner, set) in changes.SelectMany(c => c.After.Except(c.Before).Select(s => (c.AppInstanceId, s))))
        {
            var (zone, whyNot) = await ZoneFor(set, cancel);
            if (whyNot is null)
            {
                patches.Add((zone, owner, Replacing(owner, set)));
            }
            else
            {
                refused[owner] = whyNot;
            }
        }

        // What one instance gives back and another gets is one change of one record set: PowerDNS takes no two in a PATCH.
        var replaced = changes.SelectMany(c => c.After).Select(s => s.Key).ToHashSet();
        patches.AddRange(
            from change in changes
            from set in change.Before
            where !replaced.Contains(set.Key)
            select (zoneOfOurs[set.Key], change.AppInstanceId, Deleting(set)));
        foreach (var zone in patches.GroupBy(p => p.Zone))
        {
            foreach (var part in zone.Chunk(SetsInOnePatch))
            {
                await Patch(zone.Key, [.. part.Select(p => (p.Owner, p.Set))], refused, cancel);
            }
        }

        await RemoveEmptyZones(intended, cancel);
        return refused;
    }

    /// <summary>Sorts a zone's record sets into ours and others'.</summary>
    private void Take(DomainName zone, PowerDnsZone whole, Dictionary<string, ImmutableHashSet<RecordSet>> found)
    {
        foreach (var set in whole.Rrsets ?? [])
        {
            if (TypeOf(set.Type) is not { } type)
            {
                continue;
            }

            var name = PowerDnsZones.NameOf(set.Name);
            if (type == DnsType.Cname || set.Comments?.FirstOrDefault(c => c.Account == mark) is not { } ours)
            {
                foreign.Add((name, type));
                continue;
            }

            zoneOfOurs[(name, type)] = zone;
            var addresses = (set.Records ?? []).Where(r => !r.Disabled).Select(r => IPAddress.TryParse(r.Content, out var a) ? a : IPAddress.None);
            found[ours.Content] = found.GetValueOrDefault(ours.Content, []).Add(RecordSet.Of(name, type, set.Ttl ?? 0, addresses));
        }
    }

    private async Task<(DomainName Zone, string? WhyNot)> ZoneFor(RecordSet set, CancellationToken cancel)
    {
        var (zone, mustBeMade, whyNot) = zones.For(set.Name);
        if (mustBeMade)
        {
            whyNot = await Make(zone, cancel);
        }

        return foreign.Contains(set.Key) || foreign.Contains((set.Name, DnsType.Cname))
            ? (zone, $"PowerDNS' zone {zone} has a record of {set.Name} that is not the platform's; it is left alone, so the name cannot be answered: remove that record, or give the rule another name")
            : (zone, whyNot);
    }

    /// <summary>Makes a zone with a start of authority that lets resolvers forget soon that a name did not exist.</summary>
    private async Task<string?> Make(DomainName zone, CancellationToken cancel)
    {
        var dotted = $"{zone}.";
        var authority = string.Create(CultureInfo.InvariantCulture, $"ns.{dotted} hostmaster.{dotted} 1 3600 600 86400 {DnsResponseWriter.NegativeTtlSeconds}");
        try
        {
            zones.Made(await client.Create(
                new()
                {
                    Name = dotted, Kind = "Native", Account = mark, Nameservers = [], SoaEditApi = "DEFAULT",
                    Rrsets = [new() { Name = dotted, Type = "SOA", Ttl = DnsResponseWriter.NegativeTtlSeconds, Records = [new(authority, false)] }],
                },
                cancel));
            return null;
        }
        catch (PowerDnsRefusal refusal)
        {
            return $"PowerDNS did not make the zone {zone}: {refusal.Message}";
        }
    }

    /// <summary>All at once; if that is refused, instance by instance, so that one of them cannot stand in the others' way.</summary>
    private async Task Patch(DomainName zone, IReadOnlyList<(string Owner, PowerDnsRecordSet Set)> sets, Dictionary<string, string> refused, CancellationToken cancel)
    {
        try
        {
            await client.Patch(zones.IdOf(zone), [.. sets.Select(s => s.Set)], cancel);
        }
        catch (PowerDnsRefusal refusal)
        {
            var owners = sets.GroupBy(s => s.Owner).ToArray();
            foreach (var owner in owners.Length > 1 ? owners : [])
            {
                await Patch(zone, [.. owner], refused, cancel);
            }

            if (owners.Length == 1)
            {
                refused[owners[0].Key] = $"PowerDNS did not take its names in zone {zone}: {refusal.Message}";
            }
        }
    }

    /// <summary>A zone that was made for a name goes with it, unless somebody else has put something there.</summary>
    private async Task RemoveEmptyZones(IReadOnlyDictionary<string, ImmutableHashSet<RecordSet>> intended, CancellationToken cancel)
    {
        var needed = intended.Values.SelectMany(sets => sets).SelectMany(s => s.Name.Above.Prepend(s.Name)).ToHashSet();
        foreach (var (_, zone) in zones.Ours.Where(z => zones.IsMadeForAName(z.Name) && !needed.Contains(z.Name)).ToArray())
        {
            if (await client.Find(zone.Id ?? zone.Name, cancel) is { } whole && (whole.Rrsets ?? []).All(s => s.Type is "SOA"))
            {
                await client.DeleteIfAny(zone.Id ?? zone.Name, cancel);
            }
        }
    }

    private PowerDnsRecordSet Replacing(string owner, RecordSet set) => new()
    {
        Name = $"{set.Name}.", Type = Spell(set.Type), Ttl = set.TtlSeconds, Changetype = "REPLACE",
        Records = [.. set.Each.Select(a => new PowerDnsRecord(a, false))], Comments = [new(owner, mark)],
    };

    private static PowerDnsRecordSet Deleting(RecordSet set) => new() { Name = $"{set.Name}.", Type = Spell(set.Type), Changetype = "DELETE" };

    private static string Spell(DnsType type) => type == DnsType.A ? "A" : "AAAA";

    private static DnsType? TypeOf(string type) => type switch { "A" => DnsType.A, "AAAA" => DnsType.Aaaa, "CNAME" => DnsType.Cname, _ => null };
}
