using Mano.Mepm.Hosts;
using Mano.Mepm.Instances;
using Mano.Mepm.Instances.Planning;
using Mano.Mepm.Platforms;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Loop;

/// <summary>Looks at the VIM and the platform, and joins what is seen with what is remembered.</summary>
internal sealed class Observer(LoopOptions options, string siteId, TimeProvider clock)
{
    /// <summary>Both are asked at once; one that does not answer is left alone for a while.</summary>
    public async Task<Observed> Look(Job job, CancellationToken cancel)
    {
        var compute = See(job, Target.VimLook, job.Host.VimLink.Life, job.Host.VimEchoes, c => job.Host.Vim.GetComputeAsync(job.Id, c), cancel);
        var platform = See(job, Target.PlatformLook, job.Host.PlatformLink.Life, job.Host.PlatformEchoes, c => PlatformGet(job, c), cancel);
        await Task.WhenAll(compute, platform);
        job.Memory.Note(Target.VimLook, job.Host.VimLink.Life, compute.Result.Unseen, clock.GetUtcNow(), options);
        job.Memory.Note(Target.PlatformLook, job.Host.PlatformLink.Life, platform.Result.Unseen, clock.GetUtcNow(), options);
        return Remember(job, new() { Compute = Believed(job, compute.Result), Platform = platform.Result });
    }

    /// <summary>What was there and is not shown may still be there: one look is not enough to take rules away and make another.</summary>
    private Sight<Compute> Believed(Job job, Sight<Compute> seen)
    {
        if (!seen.IsAbsent || job.Record is { WasSteady: false } or { Absent: true })
        {
            job.Memory.Drift.Seen();
            return seen;
        }

        return job.Memory.Drift.Doubt(clock.GetUtcNow(), options.LossConfirm) is { } doubt ? Sight<Compute>.Hidden(doubt) : seen;
    }

    /// <summary>What is seen, with what is remembered brought up to date.</summary>
    public Observed Remember(Job job, Observed seen)
    {
        var memory = job.Memory;
        if (seen.Compute.Found is not null)
        {
            memory.HealGranted = false;
        }

        var now = clock.GetUtcNow();
        if (memory.BlockedUntil <= now)
        {
            memory.Unblock();
        }

        return seen with
        {
            Told = memory.ToldIn == job.Host.PlatformLink.Life ? memory.Told : null,
            ComputeSealed = memory.ComputeSealed,
            PlatformSealed = memory.PlatformSealed,
            HealGranted = memory.HealGranted,
            ImagePending = memory.ImagePending,
            Blocked = memory.Blocked,
            ComputeTrouble = Trouble(job, Target.Granting, 0, now) ?? Trouble(job, Target.Images, 0, now) ?? Trouble(job, Target.Vim, job.Host.VimLink.Life, now),
            PlatformTrouble = Trouble(job, Target.Platform, job.Host.PlatformLink.Life, now),
            PlatformGivenUp = !seen.Platform.IsKnown && job.Host.PlatformLink.SilentSince is { } since && now - since >= options.PlatformPatience,
        };
    }

    /// <summary>The planner's view of the record.</summary>
    public Outcome<Intent> IntentOf(Job job)
    {
        var record = job.Record;
        var intent = new Intent
        {
            AppInstanceId = record.AppInstanceId,
            Generation = record.Generation,
            Power = record.Desired.Power,
            Absent = record.Absent,
            Grace = record.Absent ? record.GracefulTermination : record.Desired.GracefulStop,
            Ports = record.Desired.Compute.Ports,
            Platform = new(record.Desired.Platform, job.Host.IsReachable),
            PlatformIsCertain = job.Host.Capabilities is not null,
            Replacements = record.Replacements,
            WasSteady = record.WasSteady,
            FromStore = job.FromStore,
            Repairs = options.Drift == DriftPolicy.Recreate,
        };
        if (record.Absent)
        {
            return intent;
        }

        if (job.Host.Facts is not { } facts)
        {
            return intent with { SpecMissing = "The platform of the host was not reached yet, so the application cannot be told its Mp1 address." };
        }

        if (record.Desired.Compute.Groups.Count > 0 && job.Host.Capabilities is null)
        {
            return intent with { SpecMissing = "The VIM of the host was not reached yet, so it is not known whether it keeps affinity groups." };
        }

        var place = new VimPlace(job.Host.Options.VimZone, job.Host.Capabilities?.Has(VimCapability.Affinity) == true);
        return ComputeSpecs.Of(record.AppInstanceId, record.Desired, siteId, facts.Mp1Url, place).Then<Intent>(spec => intent with { Spec = spec });
    }

    /// <summary>What the watch knows not to be there is not asked for.</summary>
    private static Task<PlatformApplication?> PlatformGet(Job job, CancellationToken cancel) =>
        job.Host.PlatformIndex.KnowsAbsent(job.Id) ? Task.FromResult<PlatformApplication?>(null) : job.Host.Platform.Get(job.Id, cancel);

    private static Failure? Trouble(Job job, Target target, long life, DateTimeOffset now) => job.Memory.PausedBy(target, life, now);

    private async Task<Sight<T>> See<T>(
        Job job, Target target, long life, Echoes<T> echoes, Func<CancellationToken, Task<T?>> look, CancellationToken cancel)
        where T : class
    {
        if (job.Memory.PausedBy(target, life, clock.GetUtcNow()) is { } paused)
        {
            return Sight<T>.Hidden(paused);
        }

        try
        {
            return Sight<T>.Of(await echoes.Ask(job.Id, () => CallLimit.Bounded(options.CallTimeout, clock, look, cancel)));
        }
        catch (FailureException e)
        {
            return Sight<T>.Hidden(e.Failure);
        }
    }
}
