using Mano.Mepm.Platforms;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Instances.Planning;

/// <summary>What is seen of one instance at one moment, and what this process remembers having done about it.</summary>
internal sealed record Observed
{
    /// <summary>The VIM's compute of this instance.</summary>
    public required Sight<Compute> Compute { get; init; }

    /// <summary>What the platform holds for it.</summary>
    public required Sight<PlatformApplication> Platform { get; init; }

    /// <summary>What the platform was last told about where it runs; null: nothing since the link to it came up.</summary>
    public RunningAt? Told { get; init; }

    /// <summary>A delete went through to the VIM in this generation: no late create can land any more.</summary>
    public bool ComputeSealed { get; init; }

    /// <summary>A removal went through to the platform in this generation.</summary>
    public bool PlatformSealed { get; init; }

    /// <summary>The MEO, or its silence, allowed to replace the lost compute.</summary>
    public bool HealGranted { get; init; }

    /// <summary>The platform has been silent for so long that nobody waits for it any more.</summary>
    public bool PlatformGivenUp { get; init; }

    /// <summary>Its image is being fetched. For the status alone.</summary>
    public bool ImagePending { get; init; }

    /// <summary>Why the last attempt at the compute failed; it is repeated. For the status alone.</summary>
    public Failure? ComputeTrouble { get; init; }

    /// <summary>Why the last attempt at the platform failed; it is repeated. For the status alone.</summary>
    public Failure? PlatformTrouble { get; init; }

    /// <summary>What stands in the way of this generation and does not go by trying again.</summary>
    public Failure? Blocked { get; init; }
}

/// <summary>A look at something: it is there, it is not, or it cannot be seen.</summary>
internal readonly record struct Sight<T>
    where T : class
{
    private Sight(T? found, Failure? unseen) => (Found, Unseen) = (found, unseen);

    /// <summary>What is there; null when nothing is or nobody can tell.</summary>
    public T? Found { get; }

    /// <summary>Why nobody can tell; null when it was seen.</summary>
    public Failure? Unseen { get; }

    public bool IsKnown => Unseen is null;

    public bool IsAbsent => Unseen is null && Found is null;

    public static Sight<T> Of(T? found) => new(found, null);

    public static Sight<T> Hidden(Failure why) => new(null, why);
}

/// <summary>Where an application runs, and which start of it that is.</summary>
/// <param name="Endpoint">Where.</param>
/// <param name="Incarnation">Differs from one start to the next.</param>
internal sealed record RunningAt(Endpoint Endpoint, string Incarnation)
{
    public bool SameAs(RunningAt? other) => other is not null && Incarnation == other.Incarnation && Endpoint.SameAs(other.Endpoint);
}
