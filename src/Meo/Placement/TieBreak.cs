namespace Mano.Meo.Placement;

/// <summary>
/// Which of equal hosts is taken: every host has a place on a ring, every request begins somewhere on it, and the first equal host
/// clockwise is taken; of two at the same place the one with the lower id. So a decision can be repeated, requests are shared among equal
/// hosts, and of a group of equal hosts the places alone tell which cannot be the first.
/// </summary>
internal static class TieBreak
{
    /// <summary>Where a host stands on the ring.</summary>
    public static ulong PlaceOf(string hostId) => StableHash.Of("host", hostId);

    /// <summary>Where a request begins.</summary>
    public static ulong StartOf(string seed) => StableHash.Of("seed", seed);

    /// <summary>How far clockwise.</summary>
    public static ulong Distance(ulong start, ulong place) => unchecked(place - start);

    /// <summary>At most the distance of every host whose place lies between the two.</summary>
    public static ulong Distance(ulong start, ulong least, ulong most) => least < start && start <= most ? 0 : Distance(start, least);
}
