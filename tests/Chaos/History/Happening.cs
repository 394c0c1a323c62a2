namespace Mano.Chaos.History;

/// <summary>
/// Something that took effect at one instant between two times; or, where it is optional, at one instant or never.
/// What only looks (a read, a refusal) leaves the state as it is and says in which states it could have been seen.
/// </summary>
internal sealed record Happening
{
    /// <summary>Not before, not after: microseconds. An open end is <see cref="long.MaxValue"/>.</summary>
    public required long From { get; init; }

    public required long Until { get; init; }

    public required string Says { get; init; }

    public bool Optional { get; init; }

    /// <summary>The state after it; null where it cannot happen.</summary>
    public Func<InstanceState, InstanceState?>? Changes { get; init; }

    /// <summary>Whether it can be seen in a state; null if it changes the state.</summary>
    public Func<InstanceState, bool>? Seen { get; init; }

    public override string ToString() => $"[{From / 1e6:0.000}, {(Until == long.MaxValue ? "…" : $"{Until / 1e6:0.000}")}] {Says}";
}
