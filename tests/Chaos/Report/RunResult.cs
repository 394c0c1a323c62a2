using Mano.Chaos.History;

namespace Mano.Chaos.Report;

/// <summary>What a run came to.</summary>
internal sealed record RunResult
{
    public required string Topology { get; init; }

    public required int Seed { get; init; }

    public required string Folder { get; init; }

    public required TimeSpan Took { get; init; }

    public required int Kills { get; init; }

    public required IReadOnlyDictionary<string, int> Faults { get; init; }

    public required IReadOnlyDictionary<string, long> Counts { get; init; }

    /// <summary>From healing everything to every truth being the same again, of each round.</summary>
    public required IReadOnlyList<TimeSpan> Recoveries { get; init; }

    /// <summary>From the end of one fault, others still at work, to the next operation that completed.</summary>
    public required TimeSpan LongestGap { get; init; }

    /// <summary>Largest resident memory and slowest start of each process.</summary>
    public required IReadOnlyList<(string Name, long PeakMib, TimeSpan SlowestStart, int Starts)> Processes { get; init; }

    public required IReadOnlyList<Violation> Violations { get; init; }

    public bool IsClean => Violations.Count == 0;
}
