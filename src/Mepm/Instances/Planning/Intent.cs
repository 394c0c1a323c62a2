using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Instances.Planning;

/// <summary>What the planner is told of the desired state.</summary>
internal sealed record Intent
{
    public required string AppInstanceId { get; init; }

    public required long Generation { get; init; }

    public required DesiredPower Power { get; init; }

    /// <summary>It shall not exist.</summary>
    public bool Absent { get; init; }

    /// <summary>How long the application may take to finish when it is stopped or terminated.</summary>
    public TimeSpan Grace { get; init; }

    /// <summary>What the compute shall be; null while a part of it is not known yet (<see cref="SpecMissing"/>).</summary>
    public ComputeSpec? Spec { get; init; }

    /// <summary>Why there is no <see cref="Spec"/> yet.</summary>
    public string SpecMissing { get; init; } = "";

    /// <summary>The ports the application has, as it is told to the platform.</summary>
    public IReadOnlyList<RequiredPort> Ports { get; init; } = [];

    public Document Platform { get; init; } = Document.Empty;

    public int Replacements { get; init; }

    public bool WasSteady { get; init; }

    /// <summary>The number of everything that this generation asks of the VIM.</summary>
    public long Operation => OperationNumbers.Of(Generation, Replacements);

    /// <summary>The number of the delete that makes room for a replacement; the replacement's own is greater.</summary>
    public long ReplacingOperation => OperationNumbers.Of(Generation, Replacements) + 1;
}

/// <summary>
/// Numbers of operations at the VIM. They grow with the generation and, within one, with each replacement, so that
/// a create that was sent before its undo cannot land after it.
/// </summary>
internal static class OperationNumbers
{
    public const long MaxGeneration = 1L << 40;
    public const int MaxReplacements = (1 << 19) - 1;

    public static long Of(long generation, int replacements) => (generation << 20) + (2L * replacements);

    /// <summary>The generation that a number was made of.</summary>
    public static long GenerationOf(long operation) => operation >> 20;
}
