using System.Collections.Immutable;

namespace Mano.Meo.Placement;

/// <summary>A placement and its reasons, kept with the operation.</summary>
internal sealed record PlacementDecision
{
    /// <summary>Null when no host is right.</summary>
    public string? HostId { get; init; }

    public string? SiteId { get; init; }

    public string? Zone { get; init; }

    /// <summary>The hosts that passed, best first: every one of a small fleet or of an explanation, else the best few.</summary>
    public ImmutableArray<Candidate> Candidates { get; init; } = [];

    /// <summary>The hosts that did not, ordered by id, with the first reason found: every one of a small fleet or of an explanation, else none.</summary>
    public ImmutableArray<Rejection> Rejections { get; init; } = [];

    /// <summary>One sentence for people.</summary>
    public required string Summary { get; init; }
}

/// <summary>A host that passed every filter.</summary>
/// <param name="HostId">The host.</param>
/// <param name="SiteId">Its site.</param>
/// <param name="Score">0 to 1: the weighted mean of the parts.</param>
/// <param name="Parts">What each scorer said.</param>
internal sealed record Candidate(string HostId, string SiteId, double Score, ImmutableArray<ScorePart> Parts);

/// <summary>What one scorer said of a host.</summary>
/// <param name="Scorer">Its name.</param>
/// <param name="Score">0 to 1.</param>
/// <param name="Weight">Its weight by configuration.</param>
internal sealed record ScorePart(string Scorer, double Score, double Weight);

/// <summary>A host that one filter refused.</summary>
/// <param name="HostId">The host.</param>
/// <param name="SiteId">Its site.</param>
/// <param name="Reason">A stable word: LATENCY_TOO_HIGH.</param>
/// <param name="Needed">"10 ms".</param>
/// <param name="Offered">"18 ms".</param>
internal sealed record Rejection(string HostId, string SiteId, string Reason, string Needed, string Offered);
