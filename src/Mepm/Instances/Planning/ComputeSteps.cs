using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Instances.Planning;

/// <summary>The planner's steps towards the VIM.</summary>
internal static class ComputeSteps
{
    /// <summary>A start that ended so often without ever having served will not serve the next time either.</summary>
    public const int CrashLoop = 5;

    /// <summary>Says so when the VIM cannot be seen, or is taking a compute away; the platform's steps go on.</summary>
    public static StepReport ObserveCompute(Intent intent, Observed seen)
    {
        if (seen.Compute.Unseen is { } why)
        {
            return StepReport.Await($"The VIM cannot be seen: {why.Message}");
        }

        return seen.Compute.Found is { State: ComputeState.Deleting }
            ? StepReport.Await("The VIM is deleting a compute of that name.")
            : StepReport.Done;
    }

    /// <summary>A compute of another specification makes room; what it served is withdrawn first.</summary>
    public static StepReport ReplaceOtherSpec(Intent intent, Observed seen)
    {
        if (seen.Compute.Found is not { State: not ComputeState.Deleting } compute || intent.Spec is null
            || OperationNumbers.GenerationOf(compute.OperationNumber) >= intent.Generation || ComputeSpecs.Same(compute.Spec, intent.Spec))
        {
            return StepReport.Done;
        }

        if (intent.Replacements >= OperationNumbers.MaxReplacements)
        {
            return StepReport.Stall(Failure.Internal("TOO_MANY_REPLACEMENTS",
                $"The compute was replaced {intent.Replacements} times in generation {intent.Generation}; a new generation is needed.", intent.AppInstanceId));
        }

        // Blind to the platform, the old compute stays: its rules must leave before it does.
        if (!seen.Platform.IsKnown && !seen.PlatformGivenUp)
        {
            return StepReport.AwaitFirst("The compute has to be replaced, and the platform cannot be asked to withdraw its rules.");
        }

        return seen.Platform.Found is { } held && (held.InService || held.Endpoint is not null)
            ? StepReport.DoFirst(new InstanceAction.TellRunning(held.Generation, null))
            : StepReport.DoFirst(new InstanceAction.ReplaceCompute(intent.ReplacingOperation));
    }

    /// <summary>Makes the compute where there is none. One that was lost is made again with the MEO's consent.</summary>
    public static StepReport EnsureImageAndCompute(Intent intent, Observed seen)
    {
        if (!seen.Compute.IsAbsent)
        {
            return StepReport.Done;
        }

        if (intent.Spec is null)
        {
            return StepReport.Await(intent.SpecMissing);
        }

        var ensure = new InstanceAction.EnsureCompute(intent.Operation, intent.Spec);
        if (intent is { WasSteady: true, Repairs: false })
        {
            return StepReport.Stall(Drifted(intent, "COMPUTE_LOST", "The compute was deleted behind our back"));
        }

        return (intent.WasSteady || intent.FromStore) && !seen.HealGranted
            ? StepReport.Do(new InstanceAction.RequestHealGrant(), new InstanceAction.EnsureImage(), ensure)
            : StepReport.Do(new InstanceAction.EnsureImage(), ensure);
    }

    /// <summary>Starts a compute that stands still; one that ended by itself under this very intent is left to its policy.</summary>
    public static StepReport PowerOn(Intent intent, Observed seen) => seen.Compute.Found switch
    {
        { State: ComputeState.Creating } => StepReport.Await("The compute is booting."),
        { State: ComputeState.Stopped or ComputeState.Failed } still when still.OperationNumber < intent.Operation =>
            StepReport.DoFirst(new InstanceAction.SetPower(intent.Operation, PowerState.Started)),
        { State: ComputeState.Stopped } stopped when WasSwitchedOff(stopped) => intent is { WasSteady: true, Repairs: false }
            ? StepReport.Stall(Drifted(intent, "COMPUTE_STOPPED", "The compute was stopped behind our back"))
            : StepReport.DoFirst(new InstanceAction.SetPower(intent.Operation, PowerState.Started)),
        { State: ComputeState.Stopped } ended => StepReport.Stall(Ended(intent, ended)),
        { State: ComputeState.Failed } failed => FailedCompute(intent, failed),
        _ => StepReport.Done,
    };

    /// <summary>Stops the compute.</summary>
    public static StepReport PowerOff(Intent intent, Observed seen) => seen.Compute.Found switch
    {
        { State: ComputeState.Running or ComputeState.Creating or ComputeState.Failed } =>
            StepReport.DoFirst(new InstanceAction.SetPower(intent.Operation, PowerState.Stopped)),
        _ => StepReport.Done,
    };

    /// <summary>
    /// Deletes the compute. Once in each generation also where none is seen: a create that is still on its way to the
    /// VIM is refused after that.
    /// </summary>
    public static StepReport Delete(Intent intent, Observed seen)
    {
        if (seen.Compute.Unseen is { } why)
        {
            return StepReport.AwaitFirst($"The compute cannot be deleted while the VIM cannot be seen: {why.Message}");
        }

        return seen.Compute.Found is null && seen.ComputeSealed
            ? StepReport.Done
            : StepReport.DoFirst(new InstanceAction.DeleteCompute(Math.Max(intent.Operation, seen.Compute.Found?.OperationNumber ?? 0)));
    }

    /// <summary>One that never ended by itself, or that no end keeps from being started again, was stopped by somebody else.</summary>
    private static bool WasSwitchedOff(Compute compute) => compute.Spec.RestartPolicy == RestartPolicy.Always || compute.ExitCode is null;

    private static Failure Drifted(Intent intent, string reason, string what) => new(
        FailureKind.IllegalState, reason, $"{what}, and the policy of this site (--drift report) leaves it so; terminate the instance, or give it a new intent.",
        intent.AppInstanceId);

    private static StepReport FailedCompute(Intent intent, Compute compute)
    {
        if (compute.Spec.RestartPolicy == RestartPolicy.Never)
        {
            return StepReport.Stall(Ended(intent, compute));
        }

        if (compute.StartedAt is null)
        {
            return StepReport.Stall(new Failure(FailureKind.IllegalState, "COMPUTE_NOT_STARTABLE",
                $"The VIM could not start the application: {compute.Reason}", intent.AppInstanceId));
        }

        return !intent.WasSteady && compute.RestartCount >= CrashLoop
            ? StepReport.Stall(new Failure(FailureKind.IllegalState, "APP_CRASH_LOOP",
                $"The application ended {compute.RestartCount} times and never served: {compute.Reason}", intent.AppInstanceId))
            : StepReport.Await($"The VIM starts the application again: {compute.Reason}");
    }

    private static Failure Ended(Intent intent, Compute compute) => new(
        FailureKind.IllegalState,
        "APP_ENDED",
        $"The application ended{(compute.ExitCode is { } code ? $" with exit code {code}" : "")} and its restart policy {compute.Spec.RestartPolicy} leaves it ended.",
        intent.AppInstanceId);
}
