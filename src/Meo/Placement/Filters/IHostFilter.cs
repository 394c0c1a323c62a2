namespace Mano.Meo.Placement.Filters;

/// <summary>One rule a host must satisfy. Pure: the same request and host give the same answer.</summary>
internal interface IHostFilter
{
    /// <summary>By which configuration names it.</summary>
    string Name { get; }

    /// <summary>Null if the host passes; else the reason, what was needed and what is offered.</summary>
    Refusal? Refuse(PlacementRequest request, HostModel host);
}

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
