using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using static Mano.VimAdapters.Conformance.ConformanceWorld;
using static Mano.VimAdapters.Conformance.ConformanceCheck;

namespace Mano.VimAdapters.Conformance;

/// <summary>A VIM does not notice that its MEPM restarts.</summary>
internal static class RestartChecks
{
    public static IReadOnlyList<ConformanceCheck> All { get; } = GroupOf("restart",
    [
        Check("After a restart the computes are found again, unchanged", FoundAgain, Rules.Survives).Needing(VimCapability.SurvivesRestart),
        Check("After a restart the numbers are remembered, also of what was deleted", NumbersRemembered, Rules.Survives, Rules.SealOutlives).Needing(VimCapability.SurvivesRestart),
        Check("After a restart images and capacity are as before", CapacityAsBefore, Rules.Survives).Needing(VimCapability.SurvivesRestart),
        Check("After a restart a stopped compute is still stopped, and starts", StillStopped, Rules.Survives).Needing(VimCapability.SurvivesRestart, VimCapability.Power),
        Check("After a restart networks are found again, and their numbers remembered", NetworksFoundAgain, Rules.Survives, Rules.NetworksAlike).Needing(VimCapability.SurvivesRestart, VimCapability.Networks),
    ]);

    private static async Task FoundAgain(ConformanceWorld w)
    {
        var before = await w.RunningAsync(w.A);
        for (var i = 0; i < 3; i++)
        {
            await w.RestartAsync();
            var after = await w.ReachesAsync(w.A, ComputeState.Running);
            Equal(before.StartedAt, after.StartedAt, "started_at");
            Equal(before.CreatedAt, after.CreatedAt, "created_at");
            Equal(before.Addresses[0], after.Addresses[0], "the address");
            Equal(before.OperationNumber, after.OperationNumber, "the number");
            Equal(0, after.RestartCount, "the restart count");
            True(after.Spec.SameAs(before.Spec), "the spec changed");
            await w.Vim.EnsureComputeAsync(w.A, before.OperationNumber, w.Spec(), w.Patience);
        }

        await w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience);
        await w.RestartAsync();
        Equal(0, (await w.OursAsync()).Count, "the number of computes");
    }

    private static async Task NumbersRemembered(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        await w.Vim.EnsureComputeAsync(w.A, 10, w.Spec(), w.Patience);
        await w.Vim.DeleteComputeIfAnyAsync(w.B, 10, w.Patience);
        await w.RestartAsync();
        await RefusedAsync(FailureKind.Conflict, () => w.Vim.EnsureComputeAsync(w.A, 9, w.Spec(), w.Patience), "a lower number after a restart");
        await RefusedAsync(FailureKind.Conflict, () => w.Vim.EnsureComputeAsync(w.B, 10, w.Spec(), w.Patience), "a sealed number after a restart");
    }

    private static async Task CapacityAsBefore(ConformanceWorld w)
    {
        await w.RunningAsync(w.A);
        var before = await w.Vim.GetCapacityAsync(w.Patience);
        await w.RestartAsync();
        Equal(before.Used, (await w.Vim.GetCapacityAsync(w.Patience)).Used, "used capacity");
        Equal(1, (await w.Vim.ListImagesAsync(w.Patience)).Count(i => i.Image.Digest == w.Subject.Image.Image.Digest), "how often the image is listed");
    }

    private static async Task StillStopped(ConformanceWorld w)
    {
        await w.RunningAsync(w.A);
        await w.Vim.SetPowerStateAsync(w.A, w.Next(), PowerState.Stopped, w.Patience);
        await w.ReachesAsync(w.A, ComputeState.Stopped);
        await w.RestartAsync();
        Equal(ComputeState.Stopped, (await w.Vim.GetComputeAsync(w.A, w.Patience))?.State, "the state after the restart");
        await w.Vim.SetPowerStateAsync(w.A, w.Next(), PowerState.Started, w.Patience);
        await w.ReachesAsync(w.A, ComputeState.Running);
    }

    private static async Task NetworksFoundAgain(ConformanceWorld w)
    {
        var before = await w.Vim.EnsureNetworkAsync(w.A, 10, NetworkChecks.Spec(), w.Patience);
        await w.Vim.DeleteNetworkIfAnyAsync(w.B, 10, w.Patience);
        await w.RestartAsync();
        Equal(before, (await NetworkChecks.OursAsync(w)).Single(), "the network");
        await StaleAsync(() => w.Vim.EnsureNetworkAsync(w.A, 9, NetworkChecks.Spec(), w.Patience), "a lower number after a restart");
        await StaleAsync(() => w.Vim.EnsureNetworkAsync(w.B, 10, NetworkChecks.Spec(), w.Patience), "a sealed number after a restart");
    }
}
