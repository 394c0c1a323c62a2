using System.Collections.Immutable;

namespace Mano.Meo.Lifecycle;

/// <summary>What a caller asks for with an instantiation.</summary>
/// <param name="AppInstanceId">Which instance.</param>
/// <param name="Constraints">Where.</param>
/// <param name="Timeout">How long it may take; null: the MEO's default.</param>
internal sealed record InstantiateWish(string AppInstanceId, PlacementConstraints Constraints, TimeSpan? Timeout)
{
    /// <summary>For the package's chart: one JSON object; empty: none.</summary>
    public string ChartValues { get; init; } = "";

    /// <summary>What of it the VIM is told; null: nothing.</summary>
    public InstanceWishes? OfVim => InstanceWishes.Of(ChartValues, Constraints);

    /// <summary>Alternatives, in the caller's order: the instances of one may be terminated to make room (MEC 010-2 appTermCandsForCoord).</summary>
    public ImmutableArray<ImmutableArray<string>> TerminationOptions { get; init; } = [];
}
