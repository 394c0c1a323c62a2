using Mano.Mesh.Failures;

namespace Mano.Mepm.Instances.Planning;

/// <summary>What to do now, and what is being waited for.</summary>
/// <param name="Actions">In this order; when one fails, those after it are not tried.</param>
/// <param name="Waiting">What an event has to bring, in the order of the steps; each one sentence.</param>
/// <param name="Stalled">What no attempt of the site's own will cure; null if nothing.</param>
internal sealed record Plan(IReadOnlyList<InstanceAction> Actions, IReadOnlyList<string> Waiting, Failure? Stalled)
{
    /// <summary>Nothing to do, nothing to wait for.</summary>
    public bool IsDone => Actions.Count == 0 && Waiting.Count == 0 && Stalled is null;
}

/// <summary>What one step of the planner says.</summary>
/// <param name="Actions">What to do.</param>
/// <param name="Waiting">What is being waited for; null: nothing.</param>
/// <param name="Stalled">What nothing here will cure.</param>
/// <param name="Last">The steps after this one have to wait for it.</param>
internal readonly record struct StepReport(IReadOnlyList<InstanceAction> Actions, string? Waiting, Failure? Stalled, bool Last)
{
    /// <summary>Nothing to be done here.</summary>
    public static readonly StepReport Done = new([], null, null, Last: false);

    /// <summary>Do this; the steps after this one may do theirs too.</summary>
    public static StepReport Do(params IReadOnlyList<InstanceAction> actions) => new(actions, null, null, Last: false);

    /// <summary>Do this first of all; the steps after this one come after another look.</summary>
    public static StepReport DoFirst(params IReadOnlyList<InstanceAction> actions) => new(actions, null, null, Last: true);

    /// <summary>Something must happen elsewhere; the steps after this one are not held up.</summary>
    public static StepReport Await(string what) => new([], what, null, Last: false);

    /// <summary>Something must happen elsewhere before any step after this one.</summary>
    public static StepReport AwaitFirst(string what) => new([], what, null, Last: true);

    public static StepReport Stall(Failure failure) => new([], null, failure, Last: false);
}
