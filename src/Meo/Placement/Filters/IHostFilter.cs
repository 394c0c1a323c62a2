using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Filters;

/// <summary>One rule a host must satisfy. Pure: the same request and host give the same answer.</summary>
internal interface IHostFilter
{
    /// <summary>By which configuration names it.</summary>
    string Name { get; }

    /// <summary>Null if the host passes; else the reason, a stable word. Asked of every host that is looked at: allocates nothing.</summary>
    string? Refuses(PlacementRequest request, HostModel host);

    /// <summary>The figures, of a host that it refuses.</summary>
    Refusal Explain(PlacementRequest request, HostModel host);

    /// <summary>
    /// The same of a group at once, from its summary. Must be sound, need not be sharp: "all" or "none" only if
    /// <see cref="Refuses"/> says so of every host in the group; else <see cref="GroupVerdict.Mixed"/>.
    /// </summary>
    GroupVerdict Judge(PlacementRequest request, HostGroup group) => GroupVerdict.Mixed;
}

/// <summary>A filter that reads of a host only what <see cref="HostTraits"/> covers, so that one host of a class answers for all.</summary>
internal interface ITraitFilter : IHostFilter
{
    GroupVerdict IHostFilter.Judge(PlacementRequest request, HostGroup group) => group.ByTraits(this, request);
}

/// <summary>A filter for whose requests the fleet has an index of its own.</summary>
internal interface INarrowingFilter : IHostFilter
{
    /// <summary>Null if the request asks nothing of this filter; else the only hosts it can let pass.</summary>
    Narrowed? Narrow(PlacementRequest request, FleetSnapshot fleet);
}

/// <summary>The part of a fleet that is to be looked at.</summary>
/// <param name="Roots">Trees without common hosts.</param>
/// <param name="ReasonOfTheRest">Why every other host is refused.</param>
/// <param name="Settled">The filter that lets all of these pass, if there is one.</param>
internal sealed record Narrowed(HostNode[] Roots, string ReasonOfTheRest, IHostFilter? Settled);

/// <summary>Why a host does not do.</summary>
internal sealed record Refusal(string Reason, string Needed, string Offered)
{
    /// <summary>A list for people; "none" when there is nothing in it.</summary>
    public static string Listed(IEnumerable<string> words)
    {
        var text = string.Join(", ", words);
        return text.Length == 0 ? "none" : text;
    }
}

/// <summary>What a filter says of a group of hosts.</summary>
internal readonly record struct GroupVerdict
{
    private GroupVerdict(bool passesAll, bool refusesAll, string? reason) => (PassesAll, RefusesAll, Reason) = (passesAll, refusesAll, reason);

    /// <summary>Nothing is known of them all.</summary>
    public static GroupVerdict Mixed => default;

    /// <summary>Every host passes.</summary>
    public static GroupVerdict All => new(true, false, null);

    public bool PassesAll { get; }

    public bool RefusesAll { get; }

    /// <summary>The reason for all of them; null when they are refused for different ones.</summary>
    public string? Reason { get; }

    /// <summary>Every host is refused.</summary>
    public static GroupVerdict None(string? reason) => new(false, true, reason);
}
