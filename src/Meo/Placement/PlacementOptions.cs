using System.ComponentModel.DataAnnotations;
using Mano.Meo.Placement.Filters;

namespace Mano.Meo.Placement;

/// <summary>Which rules choose a host. Names that are not known are refused at start with the known ones.</summary>
public sealed record PlacementOptions
{
    /// <summary>Filters by name. The default is all of them; the order is fixed, cheapest first. Without "capacity" the hold still refuses what does not fit.</summary>
    public IReadOnlyList<string> Filters { get; init; } = [.. HostFilters.Known.Select(f => f.Name)];

    /// <summary>Scorers by name with their weight, at least 0. The default is latency 2, spread 1: nearness is what an edge is for, room decides among the near.</summary>
    public IReadOnlyDictionary<string, double> Scorers { get; init; } = new Dictionary<string, double> { ["latency"] = 2, ["spread"] = 1 };

    /// <summary>Up to so many hosts, an operation keeps of each why or why not. The default is 256: what a person still reads, and some tens of KiB.</summary>
    [Range(0, 1_000)]
    public int ExplainedHosts { get; init; } = 256;
}
