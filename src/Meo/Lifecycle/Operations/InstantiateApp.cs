using Mano.Meo.Placement;

namespace Mano.Meo.Lifecycle.Operations;

/// <summary>What was accepted: everything that was decided is in here, so that every run of a step does the same.</summary>
/// <param name="AppInstanceId">Which instance.</param>
/// <param name="Name">For people, and for names in the VIM.</param>
/// <param name="AppPkgId">Its package.</param>
/// <param name="Generation">Under which the site is told; the next one is kept for undoing.</param>
/// <param name="Amount">What is held and granted.</param>
/// <param name="Placement">Where, and why there.</param>
internal sealed record InstantiateApp(
    string AppInstanceId, string Name, string AppPkgId, long Generation, ResourceAmount Amount, PlacementDecision Placement)
{
    /// <summary>Generations that an instantiation reserves: doing and undoing.</summary>
    public const int Generations = 2;

    /// <summary>Terminations that make room for it, accepted together with it: the site is told when they have ended. Null: none.</summary>
    public IReadOnlyList<string>? MakingRoom { get; init; }

    /// <summary>What the caller asked of the VIM; null: nothing.</summary>
    public InstanceWishes? Wishes { get; init; }
}

/// <summary>Starts or stops an instance.</summary>
/// <param name="AppInstanceId">Which instance.</param>
/// <param name="Name">As in <see cref="InstantiateApp"/>.</param>
/// <param name="AppPkgId">Its package.</param>
/// <param name="Generation">As in <see cref="InstantiateApp"/>.</param>
/// <param name="Location">Where it is.</param>
/// <param name="Grant">The standing grant, which every desired state carries.</param>
/// <param name="Start">Whether it shall run.</param>
/// <param name="GracefulStop">How long it may take to stop; zero: forcefully.</param>
internal sealed record OperateApp(
    string AppInstanceId, string Name, string AppPkgId, long Generation, InstanceLocation Location, Granting.Grant Grant, bool Start, TimeSpan GracefulStop)
{
    /// <summary>As in <see cref="InstantiateApp"/>: told again, for a desired state is told whole.</summary>
    public InstanceWishes? Wishes { get; init; }
}

/// <summary>Takes an instance down.</summary>
/// <param name="AppInstanceId">Which instance.</param>
/// <param name="Generation">Higher than any that an operation before it reserved.</param>
/// <param name="SiteId">Where it is or was to be; empty when it is nowhere.</param>
/// <param name="Graceful">How long the application may take; zero: forcefully.</param>
internal sealed record TerminateApp(string AppInstanceId, long Generation, string SiteId, TimeSpan Graceful);
