using Mano.Mepm.Instances;
using Mano.Mepm.Instances.Planning;
using Mano.Mepm.Platforms;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Tests.Planning;

/// <summary>
/// A VIM and a platform for one instance, as their contracts say they behave, with what goes wrong outside. It keeps
/// the promises itself: an action that breaks one throws.
/// </summary>
internal sealed class SiteModel(Random random)
{
    private readonly DateTimeOffset start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long sealedBelow;
    private long lastNumber;
    private int ticks;
    private long platformSeen;
    private RunningAt? told;

    public Compute? Compute { get; private set; }

    public PlatformApplication? Application { get; private set; }

    public bool ComputeSealed { get; set; }

    public bool PlatformSealed { get; set; }

    public bool HealGranted { get; set; }

    public bool Forgotten { get; private set; }

    public int Replacements { get; private set; }

    public int ComputesMade { get; private set; }

    public bool VimHidden { get; set; }

    public bool PlatformHidden { get; set; }

    public Observed Look() => new()
    {
        Compute = VimHidden ? Sight<Compute>.Hidden(Failure.Unavailable("VIM_UNREACHABLE", "no answer")) : Sight<Compute>.Of(Compute),
        Platform = PlatformHidden
            ? Sight<PlatformApplication>.Hidden(Failure.Unavailable("PLATFORM_UNREACHABLE", "no answer"))
            : Sight<PlatformApplication>.Of(Application),
        Told = told,
        ComputeSealed = ComputeSealed,
        PlatformSealed = PlatformSealed,
        HealGranted = HealGranted,
    };

    /// <summary>A new generation of intent: what was remembered of the last one no longer counts.</summary>
    public void NewGeneration()
    {
        (ComputeSealed, PlatformSealed, HealGranted, Replacements) = (false, false, false, 0);
    }

    /// <summary>The process that plans starts anew, or its link to the platform does.</summary>
    public void ForgetWhatWasTold() => told = null;

    public void Do(InstanceAction action)
    {
        switch (action)
        {
            case InstanceAction.EnsureImage:
                break;
            case InstanceAction.RequestHealGrant:
                HealGranted = true;
                break;
            case InstanceAction.EnsureCompute ensure:
                Ensure(ensure);
                break;
            case InstanceAction.SetPower power:
                Number(power.Operation);
                Compute = Compute! with { State = power.Power == PowerState.Started ? ComputeState.Creating : ComputeState.Stopped, OperationNumber = power.Operation };
                break;
            case InstanceAction.ReplaceCompute replace:
                Replacements++;
                Delete(replace.Operation);
                break;
            case InstanceAction.DeleteCompute delete:
                Delete(delete.Operation);
                ComputeSealed = true;
                break;
            default:
                DoAtPlatform(action);
                break;
        }
    }

    private void DoAtPlatform(InstanceAction action)
    {
        switch (action)
        {
            case InstanceAction.ConfigurePlatform configure:
                Assert.True(configure.Generation >= platformSeen, "an older configuration was sent");
                Assert.False(Application is { Phase: PlatformPhase.Draining }, "configured while draining");
                platformSeen = configure.Generation;
                Application = Application is { Phase: not PlatformPhase.Drained } held
                    ? held with { Generation = configure.Generation }
                    : new() { AppInstanceId = "a", Generation = configure.Generation, Phase = PlatformPhase.Configured };
                break;
            case InstanceAction.TellRunning tell:
                Tell(tell);
                break;
            case InstanceAction.Drain drain:
                platformSeen = Math.Max(platformSeen, drain.Generation);
                Application = Application! with { Generation = drain.Generation, Phase = drain.Grace > TimeSpan.Zero ? PlatformPhase.Draining : PlatformPhase.Drained };
                break;
            case InstanceAction.RemoveFromPlatform remove:
                Assert.False(Application?.InService ?? false, "removed while in service");
                (platformSeen, Application, PlatformSealed) = (remove.Generation, null, true);
                break;
            case InstanceAction.ForgetRecord:
                Assert.Null(Compute);
                Assert.Null(Application);
                Forgotten = true;
                break;
        }
    }

    /// <summary>What happens by itself, sooner or later. Says whether anything was left to happen.</summary>
    public bool Settle()
    {
        ticks++;
        if (Compute is { State: ComputeState.Creating })
        {
            Compute = Compute with { State = ComputeState.Running, StartedAt = start.AddSeconds(ticks), Addresses = ["10.0.0.1"] };
            return true;
        }

        if (Compute is { State: ComputeState.Failed })
        {
            Compute = Compute with { State = ComputeState.Running, StartedAt = start.AddSeconds(ticks) };
            return true;
        }

        var next = Application?.Phase switch
        {
            PlatformPhase.AwaitingReady => PlatformPhase.Activating,
            PlatformPhase.Activating => PlatformPhase.Active,
            PlatformPhase.Draining => PlatformPhase.Drained,
            _ => (PlatformPhase?)null,
        };
        Application = next is { } phase ? Application! with { Phase = phase } : Application;
        return next is not null;
    }

    /// <summary>Something nobody asked for.</summary>
    public void Misfortune()
    {
        switch (random.Next(7))
        {
            case 0:
                Compute = null;
                break;
            case 1:
                Compute = Compute is { State: ComputeState.Running } running
                    ? running with { State = ComputeState.Failed, RestartCount = 1, ExitCode = 1, Reason = "exited with 1" }
                    : Compute;
                break;
            case 2:
                (Application, told) = (null, null);
                break;
            case 3:
                told = null;
                break;
            case 4:
                Compute = Compute is { State: ComputeState.Running } stopped ? stopped with { State = ComputeState.Stopped } : Compute;
                break;
            case 5:
                VimHidden = !VimHidden;
                break;
            default:
                PlatformHidden = !PlatformHidden;
                break;
        }
    }

    private void Ensure(InstanceAction.EnsureCompute ensure)
    {
        Assert.Null(Compute);
        Assert.False(Application?.Endpoint is not null, "a compute was made while rules led to the lost one");
        Number(ensure.Operation);
        Assert.True(ensure.Operation > sealedBelow, "a create was numbered as its undo");
        ComputesMade++;
        Compute = new()
        {
            ComputeId = "a", Spec = ensure.Spec, OperationNumber = ensure.Operation, State = ComputeState.Creating, Reason = "being made",
            CreatedAt = start.AddSeconds(ticks),
        };
    }

    private void Delete(long number)
    {
        Number(number);
        Assert.False(Application?.InService ?? false, "the compute went before its rules");
        (sealedBelow, Compute) = (number, null);
    }

    private void Number(long number)
    {
        Assert.True(number >= lastNumber, $"operation {number} after {lastNumber}");
        lastNumber = number;
    }

    private void Tell(InstanceAction.TellRunning tell)
    {
        Assert.NotNull(Application);
        Assert.False(VimHidden && tell.At is not null, "told running without having seen it");
        told = tell.At;
        var phase = tell.At is null
            ? Application.Phase is PlatformPhase.Drained or PlatformPhase.Draining ? PlatformPhase.Drained : PlatformPhase.Configured
            : Application.Endpoint is null ? PlatformPhase.AwaitingReady : Application.Phase;
        Application = Application with { Endpoint = tell.At?.Endpoint, Phase = phase };
    }
}
