using System.Collections.Immutable;

namespace Mano.Meo.Lifecycle;

/// <summary>What a caller asks for with an instantiation.</summary>
/// <param name="AppInstanceId">Which instance.</param>
/// <param name="Constraints">Where.</param>
/// <param name="Timeout">How long it may take; null: the MEO's default.</param>
internal sealed record InstantiateWish(string AppInstanceId, PlacementConstraints Constraints, TimeSpan? Timeout)
{
    /// <summary>Alternatives, in the caller's order: the instances of one may be terminated to make room (MEC 010-2 appTermCandsForCoord).</summary>
    public ImmutableArray<ImmutableArray<string>> TerminationOptions { get; init; } = [];
}
