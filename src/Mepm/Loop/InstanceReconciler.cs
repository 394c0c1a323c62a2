using System.Collections.Concurrent;
using Mano.Mepm.Hosts;
using Mano.Mepm.Instances;
using Mano.Mepm.Instances.Planning;
using Mano.Mesh.Failures;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm.Loop;

/// <summary>
/// One run for one instance: look, plan, show, act, and again until the plan has nothing left to do or something has to
/// be waited for. Takes no input but the id, so that a start, a signal and a timer all go the same way.
/// </summary>
internal sealed class InstanceReconciler(InstanceBook book, MecHosts hosts, Observer observer, ActionRunner actions, LoopContext context)
{
    /// <summary>More rounds than any plan needs from any state.</summary>
    private const int MaxRounds = 16;

    private readonly Repairs repairs = new(context);
    private readonly ConcurrentDictionary<string, InstanceMemory> memories = new(StringComparer.Ordinal);

    /// <summary>Says after how long to run again without a signal; null when the instance is gone.</summary>
    public async Task<TimeSpan?> Run(string appInstanceId, CancellationToken cancel)
    {
        var memory = memories.GetOrAdd(appInstanceId, static id => new InstanceMemory(id));
        try
        {
            await Rounds(appInstanceId, memory, cancel);
        }
        catch (FailureException e)
        {
            // Only our own store fails this way; what it could not take down is not done.
            memory.Failed(Target.Store, 0, e.Failure, context.Now, context.Options);
            Log.WillRetry(context.Logger, appInstanceId, memory.Generation, "writing the record", e.Failure.ToString());
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            Log.Bug(context.Logger, e, appInstanceId);
            return context.Options.LongestBackoff;
        }

        if (book.Find(appInstanceId) is null)
        {
            memories.TryRemove(appInstanceId, out _);
            return null;
        }

        var now = context.Now;
        return memory.NextTry(now) is { } next && next - now < context.Options.Resync ? next - now : context.Options.Resync;
    }

    /// <summary>Whether a watch told something of it that no call of ours has answered.</summary>
    public bool HasNews(string appInstanceId) =>
        book.Find(appInstanceId) is { } view && hosts.Find(view.Record.Desired.HostId) is { } host
        && (host.VimEchoes.IsNews(appInstanceId) || host.PlatformEchoes.IsNews(appInstanceId));

    private async Task Rounds(string appInstanceId, InstanceMemory memory, CancellationToken cancel)
    {
        Observed? seen = null;
        memory.ImagePending = false;
        for (var round = 0; round < MaxRounds; round++)
        {
            if (book.Find(appInstanceId) is not { } view)
            {
                return;
            }

            seen = memory.Generation == view.Record.Generation ? seen : null;
            memory.Enter(view.Record.Generation);
            if (hosts.Find(view.Record.Desired.HostId) is not { } host)
            {
                await Show(view, Unhosted(view));
                return;
            }

            var job = new Job(view.Record, host, memory, view.FromStore);
            seen = seen is null ? await observer.Look(job, cancel) : observer.Remember(job, seen);
            (seen, var attempted) = await OneRound(job, view, seen, cancel);
            if (!attempted)
            {
                return;
            }
        }

        Log.Unsettled(context.Logger, appInstanceId, MaxRounds);
    }

    /// <summary>Plans, shows, acts. Says what is seen afterwards and whether anything was tried.</summary>
    private async Task<(Observed Seen, bool Attempted)> OneRound(Job job, InstanceView view, Observed seen, CancellationToken cancel)
    {
        if (!observer.IntentOf(job).TryGet(out var intent, out var refused))
        {
            var asItIs = new Intent { AppInstanceId = job.Id, Generation = job.Record.Generation, Power = job.Record.Desired.Power };
            await Show(view, StatusOf.Instance(asItIs, seen, new([], [], refused), view.Status, context.Now));
            return (seen, false);
        }

        var plan = Planner.For(intent, seen);
        var status = StatusOf.Instance(intent, seen, plan, view.Status, context.Now);
        repairs.Note(status, job);
        await Show(view, status);
        var attempted = false;
        var failed = new HashSet<Target>();
        foreach (var action in plan.Actions)
        {
            if (IsHeldUp(action, job, failed))
            {
                continue;
            }

            var after = await TryAct(action, job, seen, cancel);
            attempted = true;
            seen = after ?? seen;
            if (after is null)
            {
                failed.Add(ActionRunner.TargetOf(action));
            }
        }

        // After a failure too: the status has to say so. What failed is left alone in that round.
        return (seen, attempted);
    }

    /// <summary>A compute needs its image and its grant; every target that failed is left alone until its pause is over.</summary>
    private bool IsHeldUp(InstanceAction action, Job job, HashSet<Target> failed)
    {
        var target = ActionRunner.TargetOf(action);
        var needsBoth = action is InstanceAction.EnsureCompute or InstanceAction.EnsureImage;
        if (failed.Contains(target) || (needsBoth && job.Memory.ImagePending) || (needsBoth && (failed.Contains(Target.Images) || failed.Contains(Target.Granting))))
        {
            return true;
        }

        if (job.Memory.PausedBy(target, LifeOf(target, job), context.Now) is null)
        {
            return false;
        }

        failed.Add(target);
        return true;
    }

    private async Task<Observed?> TryAct(InstanceAction action, Job job, Observed seen, CancellationToken cancel)
    {
        var name = action.GetType().Name;
        var target = ActionRunner.TargetOf(action);
        try
        {
            var after = await actions.Run(action, job, seen, cancel);
            job.Memory.Succeeded(target);
            context.Metrics.Acted(name, "done");
            repairs.Note(action, job, seen);
            Log.Did(context.Logger, job.Id, job.Record.Generation, name);
            return after;
        }
        catch (FailureException e) when (target != Target.Store)
        {
            context.Metrics.Acted(name, e.Failure.Reason);
            Failed(action, target, job, e.Failure);
            return null;
        }
    }

    private void Failed(InstanceAction action, Target target, Job job, Failure failure)
    {
        var name = action.GetType().Name;
        if (Verdicts.IsWorthRetrying(failure, target))
        {
            var tries = job.Memory.Failed(target, LifeOf(target, job), failure, context.Now, context.Options);
            if (tries == 1)
            {
                Log.WillRetry(context.Logger, job.Id, job.Record.Generation, name, failure.ToString());
            }

            return;
        }

        DateTimeOffset? until = job.Record.Absent || Verdicts.MayBeCuredElsewhere(failure) ? context.Now + context.Options.StalledRetry : null;
        job.Memory.Block(failure, until);
        Log.Stalled(context.Logger, job.Id, job.Record.Generation, name, failure.ToString());
    }

    private async Task Show(InstanceView view, InstanceStatus status)
    {
        if (view.Status.Phase != status.Phase || view.Status.ObservedGeneration != status.ObservedGeneration)
        {
            Log.PhaseChanged(context.Logger, view.Record.AppInstanceId, view.Record.Generation, status.Phase);
        }

        await book.SetStatus(view.Record.AppInstanceId, status);
    }

    private static long LifeOf(Target target, Job job) =>
        target is Target.Platform or Target.PlatformLook ? job.Host.PlatformLink.Life
        : target is Target.Vim or Target.VimLook ? job.Host.VimLink.Life
        : 0;

    private InstanceStatus Unhosted(InstanceView view) => view.Status with
    {
        ObservedGeneration = view.Record.Generation,
        Phase = InstancePhase.Failed,
        Failure = new(FailureKind.IllegalState, "HOST_NOT_CONFIGURED",
            $"Its host {view.Record.Desired.HostId} is not among this site's hosts ({string.Join(", ", hosts.All.Select(h => h.HostId))}); start the MEPM with it.",
            $"app-instance/{view.Record.AppInstanceId}"),
    };
}
