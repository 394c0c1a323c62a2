using Mano.Mesh.Failures;

namespace Mano.Mepm.Instances.Planning;

/// <summary>
/// From what is desired and what is seen to what is to be done: a pure function. Carrying a plan out, looking again and
/// planning again ends, from whatever was seen, in a plan with nothing in it (docs/theory/site-reconciliation.md).
/// </summary>
internal static class Planner
{
    private delegate StepReport Step(Intent intent, Observed seen);

    /// <summary>An instance that shall run.</summary>
    private static readonly Step[] Started =
    [
        ComputeSteps.ObserveCompute,
        PlatformSteps.WithdrawWhatDoesNotRun,
        ComputeSteps.ReplaceOtherSpec,
        ComputeSteps.EnsureImageAndCompute,
        ComputeSteps.PowerOn,
        PlatformSteps.EndOlderDrain,
        PlatformSteps.Configure,
        PlatformSteps.TellRunning,
        PlatformSteps.AwaitService,
    ];

    /// <summary>An instance that shall be kept, but not run.</summary>
    private static readonly Step[] Stopped =
    [
        ComputeSteps.ObserveCompute,
        PlatformSteps.WithdrawWhatDoesNotRun,
        PlatformSteps.AwaitOlderDrain,
        PlatformSteps.Configure,
        PlatformSteps.DrainToStop,
        ComputeSteps.PowerOff,
    ];

    /// <summary>An instance that shall not be: rules, compute, the platform's record, our own, in that order.</summary>
    private static readonly Step[] Absent =
    [
        PlatformSteps.WithdrawWhatDoesNotRun,
        PlatformSteps.DrainToTerminate,
        ComputeSteps.Delete,
        PlatformSteps.Remove,
        ForgetRecord,
    ];

    public static Plan For(Intent intent, Observed seen)
    {
        if (seen.Blocked is { } blocked)
        {
            // Whatever else stands still: no rule may lead to something that does not run.
            return new(PlatformSteps.WithdrawWhatDoesNotRun(intent, seen).Actions, [], blocked);
        }

        var actions = new List<InstanceAction>();
        var waiting = new List<string>();
        Failure? stalled = null;
        foreach (var step in StepsOf(intent))
        {
            var report = step(intent, seen);
            actions.AddRange(report.Actions);
            stalled ??= report.Stalled;
            if (report.Waiting is { } what)
            {
                waiting.Add(what);
            }

            if (report.Last)
            {
                break;
            }
        }

        return new(actions, waiting, stalled);
    }

    private static Step[] StepsOf(Intent intent) =>
        intent.Absent ? Absent : intent.Power == DesiredPower.Started ? Started : Stopped;

    private static StepReport ForgetRecord(Intent intent, Observed seen) =>
        StepReport.Do(new InstanceAction.ForgetRecord(intent.Generation));
}
