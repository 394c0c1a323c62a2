using Mano.Mepm.Findings;
using Mano.Mepm.Instances;
using Mano.Mepm.Instances.Planning;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Loop;

/// <summary>Notices which of the loop's actions put something right that had been as desired before, and says so.</summary>
internal sealed class Repairs(LoopContext context)
{
    /// <summary>After an action was carried out, with what was seen before it.</summary>
    public void Note(InstanceAction action, Job job, Observed before)
    {
        if (!job.Record.WasSteady || job.Record.Absent)
        {
            return;
        }

        switch (action)
        {
            case InstanceAction.EnsureCompute:
                Found(job, FindingSubject.Compute, FindingKind.Lost, FindingAction.Recreated, "The compute was deleted behind our back; another one was made.");
                job.Memory.Drift.Repaired(context.Now);
                break;
            case InstanceAction.SetPower { Power: PowerState.Started }:
                Found(job, FindingSubject.Compute, FindingKind.Changed, FindingAction.Started, "The compute was stopped behind our back; it was started.");
                job.Memory.Drift.Repaired(context.Now);
                break;
            case InstanceAction.ConfigurePlatform when before.Platform.Found is null:
                Found(job, FindingSubject.Application, FindingKind.Lost, FindingAction.PutBack, "The platform held nothing of the instance any more; its rules were put back.");
                break;
            case InstanceAction.ConfigurePlatform:
                Found(job, FindingSubject.Application, FindingKind.Changed, FindingAction.PutBack, "Somebody else had configured the instance at the platform; its rules were put back.");
                break;
        }
    }

    /// <summary>As it stands now: right again, or left as it is by policy.</summary>
    public void Note(InstanceStatus status, Job job)
    {
        if (status.Phase == InstancePhase.Steady)
        {
            context.Findings.ResolveInstance(job.Host.HostId, job.Id);
        }
        else if (status.Failure is { Reason: "COMPUTE_LOST" or "COMPUTE_STOPPED" } left)
        {
            var kind = left.Reason == "COMPUTE_LOST" ? FindingKind.Lost : FindingKind.Changed;
            Found(job, FindingSubject.Compute, kind, FindingAction.Failed, left.Message);
        }
    }

    private void Found(Job job, FindingSubject subject, FindingKind kind, FindingAction action, string message) =>
        context.Findings.Note(new(job.Host.HostId, subject, job.Id, kind), action, message);
}
