using Mano.Mepm.Platforms;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Instances.Planning;

/// <summary>The planner's steps towards the MEC platform.</summary>
internal static class PlatformSteps
{
    /// <summary>Rules of something that does not run leave before anything is started in its place.</summary>
    public static StepReport WithdrawWhatDoesNotRun(Intent intent, Observed seen)
    {
        var gone = seen.Compute.IsKnown && seen.Compute.Found is not { State: ComputeState.Running };
        return gone && seen.Platform.Found is { Endpoint: not null } held
            ? StepReport.DoFirst(new InstanceAction.TellRunning(held.Generation, null))
            : StepReport.Done;
    }

    /// <summary>An older intent's graceful drain is cut short: the instance shall serve again.</summary>
    public static StepReport EndOlderDrain(Intent intent, Observed seen) =>
        seen.Platform.Found is { Phase: PlatformPhase.Draining } held
            ? StepReport.DoFirst(new InstanceAction.Drain(held.Generation, DrainCause.Stopping, TimeSpan.Zero))
            : StepReport.Done;

    /// <summary>An older intent's drain ends before the platform takes a new configuration.</summary>
    public static StepReport AwaitOlderDrain(Intent intent, Observed seen) =>
        seen.Platform.Found is { Phase: PlatformPhase.Draining } held && held.Generation < intent.Generation
            ? StepReport.AwaitFirst("The platform is still taking it out of service.")
            : StepReport.Done;

    /// <summary>The platform holds this generation's configuration.</summary>
    public static StepReport Configure(Intent intent, Observed seen)
    {
        if (seen.Platform.Unseen is { } why)
        {
            return StepReport.Await($"The platform cannot be seen: {why.Message}");
        }

        return seen.Platform.Found is { } held && held.Generation == intent.Generation && !IsOtherwise(held, intent)
            ? StepReport.Done
            : StepReport.DoFirst(new InstanceAction.ConfigurePlatform(intent.Generation, intent.Platform));
    }

    /// <summary>Somebody else configured it under our generation. A platform that is on its way out of service takes no other configuration.</summary>
    public static bool IsOtherwise(PlatformApplication held, Intent intent) =>
        intent.PlatformIsCertain && held.ConfigurationDigest.Length > 0 && held.ConfigurationDigest != intent.Platform.Digest
        && held.Phase is not (PlatformPhase.Draining or PlatformPhase.Drained);

    /// <summary>The platform knows where this start of the application is reached.</summary>
    public static StepReport TellRunning(Intent intent, Observed seen)
    {
        if (seen.Compute.Found is not { State: ComputeState.Running } compute || seen.Platform.Found is not { } held)
        {
            return StepReport.Done;
        }

        if (WhereItRuns(intent, compute) is not { } at)
        {
            return StepReport.Await("The VIM has not said the address of the compute yet.");
        }

        return at.SameAs(seen.Told) && at.Endpoint.SameAs(held.Endpoint)
            ? StepReport.Done
            : StepReport.DoFirst(new InstanceAction.TellRunning(intent.Generation, at));
    }

    /// <summary>The platform's own work: readiness, then DNS, then traffic.</summary>
    public static StepReport AwaitService(Intent intent, Observed seen) => seen.Platform.Found switch
    {
        { Phase: PlatformPhase.Failed, Failure: { Retryable: false } failure } => StepReport.Stall(failure),
        { Phase: not PlatformPhase.Active } held => StepReport.Await(held.Message.Length > 0 ? held.Message : $"The platform is {held.Phase}."),
        _ => StepReport.Done,
    };

    /// <summary>Out of service before the compute is stopped.</summary>
    public static StepReport DrainToStop(Intent intent, Observed seen) => Drain(intent, seen, DrainCause.Stopping);

    /// <summary>Out of service before the compute is deleted.</summary>
    public static StepReport DrainToTerminate(Intent intent, Observed seen) => Drain(intent, seen, DrainCause.Terminating);

    /// <summary>Has the platform forget it; once in each generation also where it holds nothing, as a fence.</summary>
    public static StepReport Remove(Intent intent, Observed seen)
    {
        if (seen.Platform.Unseen is { } why)
        {
            return StepReport.AwaitFirst($"The platform still has a record of it and cannot be seen: {why.Message}");
        }

        return seen.Platform.Found is null && seen.PlatformSealed
            ? StepReport.Done
            : StepReport.DoFirst(new InstanceAction.RemoveFromPlatform(intent.Generation));
    }

    /// <summary>Where the compute runs, and which start that is; null while the VIM has given it no address.</summary>
    public static RunningAt? WhereItRuns(Intent intent, Compute compute) => compute.Addresses.Count == 0
        ? null
        : new(new(compute.Addresses[0], intent.Ports), FormattableString.Invariant($"{compute.StartedAt ?? compute.CreatedAt:O}/{compute.RestartCount}"));

    private static StepReport Drain(Intent intent, Observed seen, DrainCause cause)
    {
        if (seen.Platform.Unseen is { } why)
        {
            // The user plane of a platform that is silent for so long serves nobody; waiting on would only keep the compute.
            return seen.PlatformGivenUp
                ? StepReport.Done
                : StepReport.AwaitFirst($"The platform cannot be asked to withdraw the rules: {why.Message}");
        }

        if (seen.Platform.Found is not { } held)
        {
            return StepReport.Done;
        }

        var olderDrain = held.Phase == PlatformPhase.Draining && held.Generation < intent.Generation;
        if (held.InService || olderDrain)
        {
            return StepReport.DoFirst(new InstanceAction.Drain(intent.Generation, cause, intent.Grace));
        }

        return held.Phase == PlatformPhase.Draining
            ? StepReport.AwaitFirst(held.Message.Length > 0 ? held.Message : "The platform is taking it out of service.")
            : StepReport.Done;
    }
}
