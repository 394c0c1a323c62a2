using Mano.Mepm.Platforms;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Instances.Planning;

/// <summary>What the planner is told of the desired state.</summary>
internal sealed record Intent
{
    private static readonly PlatformSetup Nothing = new(Document.Empty, Probes: true);

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

    public PlatformSetup Platform { get; init; } = Nothing;

    /// <summary>All that <see cref="Platform"/> depends on is known: another one at the platform is somebody else's.</summary>
    public bool PlatformIsCertain { get; init; } = true;

    public int Replacements { get; init; }

    public bool WasSteady { get; init; }

    /// <summary>
    /// What is desired was read from the store and nobody has said it again since this process started: it may be an old
    /// copy, so the MEO is asked before a compute is made of it.
    /// </summary>
    public bool FromStore { get; init; }

    /// <summary>Whether what was changed behind our back is put right; else the instance is reported failed.</summary>
    public bool Repairs { get; init; } = true;

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
