using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using static Mano.VimAdapters.Conformance.ConformanceWorld;
using static Mano.VimAdapters.Conformance.ConformanceCheck;

namespace Mano.VimAdapters.Conformance;

/// <summary>What a running compute shows of itself.</summary>
internal static class RunningChecks
{
    public static IReadOnlyList<ConformanceCheck> All { get; } = GroupOf("running",
    [
        Check("A running compute says when it started and what is enforced", SaysWhen, Rules.Started),
        Check("A compute is GOT as nothing before it is made and after it is deleted", Nothing, Rules.GetNothing),
        Check("The log shows what the compute wrote, from its end", Log, Rules.ReadsLog).Needing(VimCapability.Logs),
        Check("The log of nothing is NOT_FOUND", LogOfNothing, Rules.LogOfNothing).Needing(VimCapability.Logs),
        Check("ReadLog without the capability is UNIMPLEMENTED", LogNotClaimed, Rules.LogsNotClaimed),
        Check("Restart policy NEVER leaves a compute that ends with 3 FAILED", Never, Rules.StaysEnded),
        Check("Restart policy ON_FAILURE starts a compute that ends with 3 again", OnFailure, Rules.Restarts).Needing(VimCapability.Restarts),
        Check("A compute in a crash loop is deleted for good", CrashLoopDeleted, Rules.ReallyGone).Needing(VimCapability.Restarts),
        Check("What is claimed to be enforced is reported as enforced", EnforcedAsClaimed, Rules.InForce),
    ]);

    private static async Task SaysWhen(ConformanceWorld w)
    {
        var compute = await w.RunningAsync(w.A);
        True(compute.StartedAt is not null, "started_at is missing");
        True(compute.CreatedAt <= compute.StartedAt!.Value.AddSeconds(1), "it started before it was made");
        True(compute.Enforcements.Count > 0, "it does not say what is enforced");
    }

    private static async Task Nothing(ConformanceWorld w)
    {
        True(await w.Vim.GetComputeAsync(w.A, w.Patience) is null, "there is something before it is made");
        await w.RunningAsync(w.A);
        await w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience);
        True(await w.Vim.GetComputeAsync(w.A, w.Patience) is null, "there is something after the delete");
    }

    private static async Task Log(ConformanceWorld w)
    {
        await w.RunningAsync(w.A);
        var started = TimeProvider.System.GetTimestamp();
        ComputeLog log;
        do
        {
            log = await w.Vim.ReadLogAsync(w.A, 0, w.Patience);
            True(TimeProvider.System.GetElapsedTime(started) < w.Subject.Patience, $"the log does not show what was written: '{log.Text}'");
        }
        while (log.Text.Length < 10);

        True(!log.Truncated, "a short log is said to be truncated");
        var tail = await w.Vim.ReadLogAsync(w.A, 4, w.Patience);
        True(tail.Text.Length <= 4 && tail.Truncated, $"of a tail of 4 bytes came '{tail.Text}', truncated: {tail.Truncated}");
        await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.ReadLogAsync(w.A, -1, w.Patience), "a negative tail");
    }

    private static Task LogOfNothing(ConformanceWorld w) =>
        RefusedAsync(FailureKind.NotFound, () => w.Vim.ReadLogAsync(w.A, 0, w.Patience), "the log of nothing");

    private static async Task LogNotClaimed(ConformanceWorld w)
    {
        w.IsNotClaimed(VimCapability.Logs);

        await RefusedAsync(FailureKind.Unimplemented, () => w.Vim.ReadLogAsync(w.A, 0, w.Patience), "a log");
    }

    private static async Task Never(ConformanceWorld w)
    {
        await EnsureEndingAsync(w, RestartPolicy.Never);
        var failed = await w.ReachesAsync(w.A, ComputeState.Failed);
        Equal(3, failed.ExitCode, "the exit code");
        Equal(0, failed.RestartCount, "the restart count");
    }

    private static async Task OnFailure(ConformanceWorld w)
    {
        await EnsureEndingAsync(w, RestartPolicy.OnFailure);
        var restarted = await w.ReachesAsync(w.A, "two restarts", c => c.RestartCount >= 2);
        Equal(3, restarted.ExitCode, "the exit code");
    }

    private static async Task CrashLoopDeleted(ConformanceWorld w)
    {
        await EnsureEndingAsync(w, RestartPolicy.Always);
        await w.ReachesAsync(w.A, "one restart", c => c.RestartCount >= 1);
        await w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience);
        True(await w.Vim.GetComputeAsync(w.A, w.Patience) is null, "the compute is still there");
    }

    private static async Task EnforcedAsClaimed(ConformanceWorld w)
    {
        var compute = await w.RunningAsync(w.A);
        (VimCapability Claim, string Name)[] claims =
            [(VimCapability.LimitsCpu, "cpu"), (VimCapability.LimitsMemory, "memory"), (VimCapability.LimitsProcesses, "processes")];
        foreach (var (claim, name) in claims.Where(c => w.Capabilities.Has(c.Claim)))
        {
            True(compute.Enforcements.Any(e => e.Name == name && e.Applied), $"{claim} is claimed, and '{name}' is not reported as applied");
        }
    }

    private static async Task EnsureEndingAsync(ConformanceWorld w, RestartPolicy policy)
    {
        var image = w.Subject.EndingImage ?? throw new NotShownException("there is no image that ends by itself, or this VIM runs none: --ending-image FILE gives one");
        await w.Vim.EnsureImageAsync(image, w.Patience);
        await w.Vim.EnsureComputeAsync(w.A, w.Next(), w.Spec() with { Images = [image.Image], RestartPolicy = policy }, w.Patience);
    }
}
