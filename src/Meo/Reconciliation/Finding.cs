using System.Text.Json.Serialization;

namespace Mano.Meo.Reconciliation;

/// <summary>What differs between the MEO's intent and a site.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Difference>))]
internal enum Difference
{
    /// <summary>The site has an instance that nobody wants there.</summary>
    [JsonStringEnumMemberName("ORPHAN")] Orphan,

    /// <summary>The site does not have an instance that is INSTANTIATED there.</summary>
    [JsonStringEnumMemberName("LOST_AT_SITE")] LostAtSite,

    /// <summary>The site has an older generation than it had confirmed: its own records went back in time.</summary>
    [JsonStringEnumMemberName("BEHIND")] Behind,

    /// <summary>An operation was given up and left something of the instance behind.</summary>
    [JsonStringEnumMemberName("RESIDUE")] Residue,
}

/// <summary>
/// A difference that was found, and what was done about it. Stored under <c>finding/{tenant}/{site}/{instance}</c>: the newest of an
/// instance at a site.
/// </summary>
internal sealed record Finding
{
    /// <summary>The site owes its removal.</summary>
    public const string Removed = "REMOVED";

    /// <summary>The site was told again what is desired.</summary>
    public const string Recreated = "RECREATED";

    /// <summary>A termination was begun.</summary>
    public const string Terminated = "TERMINATED";

    /// <summary>Nothing was done, by policy.</summary>
    public const string Reported = "REPORTED";

    public required string SiteId { get; init; }

    public required string AppInstanceId { get; init; }

    public required Difference Kind { get; init; }

    /// <summary>One of the words above.</summary>
    public required string Action { get; init; }

    /// <summary>One sentence for people.</summary>
    public string Message { get; init; } = "";

    public required DateTimeOffset FoundAt { get; init; }

    /// <summary>When it was seen to be right again; null while it is not.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    [JsonIgnore]
    public bool IsOpen => ResolvedAt is null;
}
