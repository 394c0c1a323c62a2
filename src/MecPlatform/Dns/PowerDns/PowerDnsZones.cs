namespace Mano.MecPlatform.Dns.PowerDns;

/// <summary>
/// Which zone a name is written into; pure. We write into zones that we were told of (<c>--dns-zone</c>) and into those that
/// we made ourselves; any other zone is somebody else's.
/// </summary>
/// <param name="there">Every zone of the server.</param>
/// <param name="told">The zones of <c>--dns-zone</c>.</param>
/// <param name="mark">The account of zones that we made.</param>
/// <param name="mayCreate">Whether a zone may be made.</param>
internal sealed class PowerDnsZones(IEnumerable<PowerDnsZone> there, IReadOnlyList<DomainName> told, string mark, bool mayCreate)
{
    private readonly Dictionary<DomainName, PowerDnsZone> there = there
        .Select(z => (Name: NameOf(z.Name), Zone: z)).DistinctBy(z => z.Name).ToDictionary(z => z.Name, z => z.Zone);

    /// <summary>The zones that may hold records of ours.</summary>
    public IEnumerable<(DomainName Name, PowerDnsZone Zone)> Ours => there.Where(z => IsOurs(z.Key, z.Value)).Select(z => (z.Key, z.Value));

    /// <summary>Whether it was made for a name, and is not one of those that we were told of.</summary>
    public bool IsMadeForAName(DomainName zone) => there.TryGetValue(zone, out var found) && found.Account == mark && !told.Contains(zone);

    /// <summary>The zone for a name: one that is there, or one to be made, or neither, and why.</summary>
    public (DomainName Zone, bool MustBeMade, string? WhyNot) For(DomainName name)
    {
        var around = name.Above.Prepend(name).FirstOrDefault(z => there.ContainsKey(z) || told.Contains(z));
        if (around.Text.Length == 0)
        {
            return mayCreate
                ? (name, true, null)
                : (name, false, $"{name} lies in no zone that the platform was told to write; give it one with --dns-zone, or allow it to make zones with --powerdns-create-zones");
        }

        if (there.TryGetValue(around, out var zone))
        {
            return IsOurs(around, zone)
                ? (around, false, null)
                : (around, false, $"{name} lies in PowerDNS' zone {around}, which the platform was not told to write; --dns-zone {around} allows it");
        }

        return mayCreate
            ? (around, true, null)
            : (around, false, $"PowerDNS has no zone {around}; make it there, or allow the platform to with --powerdns-create-zones");
    }

    public void Made(PowerDnsZone zone) => there[NameOf(zone.Name)] = zone;

    public string IdOf(DomainName zone) => there[zone].Id ?? zone.Text + ".";

    /// <summary>A name as PowerDNS writes it.</summary>
    public static DomainName NameOf(string text) => DomainName.FromWire(text.TrimEnd('.').ToLowerInvariant());

    private bool IsOurs(DomainName name, PowerDnsZone zone) => told.Contains(name) || zone.Account == mark;
}
