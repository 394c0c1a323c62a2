using Mano.Mepm.Granting;
using Mano.Mepm.Hosts;
using Mano.Mepm.Images;
using Mano.Mepm.Instances;
using Mano.Mepm.Instances.Planning;
using Mano.Mepm.Platforms;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Loop;

/// <summary>One instance at work: its record, its host, and what is remembered.</summary>
internal sealed record Job(InstanceRecord Record, MecHost Host, InstanceMemory Memory, bool FromStore = false)
{
    public string Id => Record.AppInstanceId;
}

/// <summary>Carries one action out and says what is seen after it. Throws <see cref="FailureException"/>.</summary>
internal sealed class ActionRunner(InstanceBook book, IImages images, IGranting granting, LoopOptions options, TimeProvider clock)
{
    /// <summary>At whom the action is directed.</summary>
    public static Target TargetOf(InstanceAction action) => action switch
    {
        InstanceAction.EnsureImage => Target.Images,
        InstanceAction.RequestHealGrant => Target.Granting,
        InstanceAction.EnsureCompute or InstanceAction.SetPower or InstanceAction.DeleteCompute or InstanceAction.ReplaceCompute => Target.Vim,
        InstanceAction.ForgetRecord => Target.Store,
        _ => Target.Platform,
    };

    public Task<Observed> Run(InstanceAction action, Job job, Observed seen, CancellationToken cancel) => action switch
    {
        InstanceAction.EnsureImage => EnsureImage(job, seen, cancel),
        InstanceAction.RequestHealGrant => RequestHealGrant(job, seen, cancel),
        InstanceAction.EnsureCompute ensure => EnsureCompute(ensure, job, seen, cancel),
        InstanceAction.SetPower power => AtVim(job, seen, vim => c => vim.SetPowerStateAsync(job.Id, power.Operation, power.Power, c), cancel),
        InstanceAction.ReplaceCompute replace => Replace(replace, job, seen, cancel),
        InstanceAction.DeleteCompute delete => Delete(delete, job, seen, cancel),
        InstanceAction.ForgetRecord forget => Forget(forget, job, seen),
        _ => RunAtPlatform(action, job, seen, cancel),
    };

    private Task<Observed> RunAtPlatform(InstanceAction action, Job job, Observed seen, CancellationToken cancel) => action switch
    {
        InstanceAction.ConfigurePlatform configure =>
            AtPlatform(job, seen, platform => c => platform.EnsureApplication(job.Id, configure.Generation, configure.Setup, c), cancel),
        InstanceAction.TellRunning tell => Tell(tell, job, seen, cancel),
        InstanceAction.Drain drain =>
            AtPlatform(job, seen, platform => c => platform.Drain(job.Id, drain.Generation, drain.Cause, drain.Grace, c), cancel),
        InstanceAction.RemoveFromPlatform remove => RemoveFromPlatform(remove, job, seen, cancel),
        _ => throw new InvalidOperationException($"Nobody knows how to do {action}."),
    };

    private async Task<Observed> EnsureImage(Job job, Observed seen, CancellationToken cancel)
    {
        // A VIM may copy a large image for longer than a call may last, so this is not bounded; a fetch is not waited for.
        job.Memory.ImagePending = !await images.Ensure(job.Host, job.Record.Desired.Compute.Images[0], job.Id, cancel);
        return seen with { ImagePending = job.Memory.ImagePending };
    }

    private async Task<Observed> RequestHealGrant(Job job, Observed seen, CancellationToken cancel)
    {
        if (await Bounded(c => granting.RefuseHeal(job.Record, c), cancel) is { } refusal)
        {
            throw refusal.ToException();
        }

        job.Memory.HealGranted = true;
        return seen;
    }

    private async Task<Observed> EnsureCompute(InstanceAction.EnsureCompute ensure, Job job, Observed seen, CancellationToken cancel)
    {
        try
        {
            return await AtVim(job, seen, vim => c => vim.EnsureComputeAsync(job.Id, ensure.Operation, ensure.Spec, c), cancel);
        }
        catch (FailureException e) when (e.Failure is { Reason: VimFailures.StaleOperation } && job.Memory.MayPassNumber())
        {
            // Somebody else deleted it under our present number, or we did and lost count. The intent stands, so it gets the
            // next number. A number of a newer generation is not passed by this, and must not be.
            await book.CountReplacement(job.Id, job.Record.Generation);
            throw new FailureException(e.Failure with { Retryable = true }, e);
        }
    }

    private async Task<Observed> AtVim(Job job, Observed seen, Func<IVimAdapter, Func<CancellationToken, Task<Compute>>> call, CancellationToken cancel)
    {
        try
        {
            var answered = await job.Host.VimEchoes.Ask(job.Id, () => Bounded(call(job.Host.Vim), cancel));
            return seen with { Compute = Sight<Compute>.Of(answered) };
        }
        catch (FailureException e) when (e.Failure.Reason == VimFailures.ImageMissing)
        {
            images.Forget(job.Host, job.Record.Desired.Compute.Images[0]);
            throw new FailureException(e.Failure with { Retryable = true }, e);
        }
    }

    private async Task<Observed> Replace(InstanceAction.ReplaceCompute replace, Job job, Observed seen, CancellationToken cancel)
    {
        await book.CountReplacement(job.Id, job.Record.Generation);
        await Bounded(c => Void(job.Host.Vim.DeleteComputeIfAnyAsync(job.Id, replace.Operation, c)), cancel);
        job.Host.VimEchoes.Forget(job.Id);
        return seen with { Compute = Sight<Compute>.Of(null) };
    }

    private async Task<Observed> Delete(InstanceAction.DeleteCompute delete, Job job, Observed seen, CancellationToken cancel)
    {
        try
        {
            await Bounded(c => Void(job.Host.Vim.DeleteComputeIfAnyAsync(job.Id, delete.Operation, c)), cancel);
        }
        catch (FailureException e) when (seen.Compute.IsAbsent && e.Failure is { Reason: VimFailures.StaleOperation })
        {
            // Nothing is there and the VIM's fence is even higher than ours: no late create of ours gets in.
        }

        job.Memory.ComputeSealed = true;
        job.Host.VimEchoes.Forget(job.Id);
        return seen with { Compute = Sight<Compute>.Of(null) };
    }

    private async Task<Observed> Forget(InstanceAction.ForgetRecord forget, Job job, Observed seen)
    {
        await book.Forget(job.Id, forget.Generation);
        return seen;
    }

    private async Task<Observed> Tell(InstanceAction.TellRunning tell, Job job, Observed seen, CancellationToken cancel)
    {
        var life = job.Host.PlatformLink.Life;
        var after = await AtPlatform(job, seen, platform => c => platform.SetRunning(job.Id, tell.Generation, tell.At, c), cancel);
        (job.Memory.Told, job.Memory.ToldIn) = (tell.At, life);
        return after;
    }

    private async Task<Observed> RemoveFromPlatform(InstanceAction.RemoveFromPlatform remove, Job job, Observed seen, CancellationToken cancel)
    {
        try
        {
            await Bounded(c => Void(job.Host.Platform.RemoveIfAny(job.Id, remove.Generation, c)), cancel);
        }
        catch (FailureException e) when (seen.Platform.IsAbsent && e.Failure.Kind == FailureKind.Conflict)
        {
            // It holds nothing, and its fence is even higher than ours: our record is an old copy, and all of it was removed.
        }

        job.Memory.PlatformSealed = true;
        job.Host.PlatformIndex.Note(job.Id, isHeld: false);
        job.Host.PlatformEchoes.Forget(job.Id);
        return seen with { Platform = Sight<PlatformApplication>.Of(null) };
    }

    private async Task<Observed> AtPlatform(
        Job job, Observed seen, Func<IPlatform, Func<CancellationToken, Task<PlatformApplication>>> call, CancellationToken cancel)
    {
        job.Host.PlatformIndex.Note(job.Id, isHeld: true); // before: a reply that is lost must not leave it unknown
        var answered = await job.Host.PlatformEchoes.Ask(job.Id, () => Bounded(call(job.Host.Platform), cancel));
        return seen with { Platform = Sight<PlatformApplication>.Of(answered) };
    }

    private Task<T> Bounded<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancel) =>
        CallLimit.Bounded(options.CallTimeout, clock, call, cancel);

    private static async Task<bool> Void(Task work)
    {
        await work;
        return true;
    }
}
