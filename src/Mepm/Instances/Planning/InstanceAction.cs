using Mano.Mepm.Platforms;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Instances.Planning;

/// <summary>Something to do for one instance. All of them may be repeated.</summary>
internal abstract record InstanceAction
{
    /// <summary>Puts the image into the VIM.</summary>
    public sealed record EnsureImage : InstanceAction;

    /// <summary>Asks the MEO whether the lost compute may be replaced.</summary>
    public sealed record RequestHealGrant : InstanceAction;

    /// <summary>Makes the compute.</summary>
    public sealed record EnsureCompute(long Operation, ComputeSpec Spec) : InstanceAction;

    /// <summary>Starts or stops the compute.</summary>
    public sealed record SetPower(long Operation, PowerState Power) : InstanceAction;

    /// <summary>Tells the platform what to hold.</summary>
    public sealed record ConfigurePlatform(long Generation, PlatformSetup Setup) : InstanceAction;

    /// <summary>Tells the platform where it runs; null: it does not run.</summary>
    public sealed record TellRunning(long Generation, RunningAt? At) : InstanceAction;

    /// <summary>Has the platform take it out of service, rules first.</summary>
    public sealed record Drain(long Generation, DrainCause Cause, TimeSpan Grace) : InstanceAction;

    /// <summary>Deletes the compute for good.</summary>
    public sealed record DeleteCompute(long Operation) : InstanceAction;

    /// <summary>Deletes the compute to make another one of a new specification.</summary>
    public sealed record ReplaceCompute(long Operation) : InstanceAction;

    /// <summary>Has the platform forget it.</summary>
    public sealed record RemoveFromPlatform(long Generation) : InstanceAction;

    /// <summary>Forgets it here; a tombstone stays.</summary>
    public sealed record ForgetRecord(long Generation) : InstanceAction;
}

/// <summary>Why an application is taken out of service (MEC 011 OperationActionType).</summary>
internal enum DrainCause
{
    Stopping,
    Terminating,
}
