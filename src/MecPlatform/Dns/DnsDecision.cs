namespace Mano.MecPlatform.Dns;

/// <summary>
/// Decides what to say, from the rules in effect; pure. In this order:
/// <list type="number">
/// <item>an active rule's name: its addresses, or that it has none of this type;</item>
/// <item>a name in a zone of our own: that there is no such name;</item>
/// <item>anything else goes to the upstream, where there is one: an edge name whose application is not ready is still served by the cloud;</item>
/// <item>without an upstream, a name that an instance holds but that is not active: that there is no such name;</item>
/// <item>else REFUSED.</item>
/// </list>
/// </summary>
internal static class DnsDecision
{
    /// <summary>The answer, or null if the query is for the upstream.</summary>
    public static DnsAnswer? Decide(DnsQuery query, DnsZoneData data, IReadOnlyList<DomainName> zones, bool hasUpstream)
    {
        if (query.Extension is { Version: > 0 })
        {
            return DnsAnswer.Error(DnsResponseCode.BadVersion);
        }

        var (name, type, @class) = query.Question;
        if (@class != DnsWire.ClassInternet || type is DnsType.Axfr or DnsType.Ixfr)
        {
            return DnsAnswer.Error(DnsResponseCode.Refused);
        }

        // 1
        if (data.Active.TryGetValue(name, out var addresses))
        {
            return OfType(name, type, addresses);
        }

        // 2
        if (zones.FirstOrDefault(name.IsWithin) is { Text.Length: > 0 } zone)
        {
            return name == zone && type is (DnsType.Soa or DnsType.Any) ? DnsAnswer.Start(zone)
                : name == zone || data.Below.ContainsKey(name) ? DnsAnswer.NoData(zone)
                : DnsAnswer.NoSuchName(zone);
        }

        // 3; without RD the client asks for what we know ourselves
        if (hasUpstream && query.RecursionDesired)
        {
            return null;
        }

        // 4, 5
        return !hasUpstream && data.Claims.ContainsKey(name)
            ? DnsAnswer.NoSuchName(name)
            : DnsAnswer.Error(DnsResponseCode.Refused);
    }

    private static DnsAnswer OfType(DomainName name, DnsType type, IReadOnlyList<DnsAddress> addresses)
    {
        // ANY gets one of the sets (RFC 8482 4.1), so that it amplifies nothing.
        var wanted = type == DnsType.Any ? addresses[0].Type : type;
        DnsAddress[] matching = [.. addresses.Where(a => a.Type == wanted)];
        return matching.Length > 0 ? DnsAnswer.Found(matching) : DnsAnswer.NoData(name);
    }
}
