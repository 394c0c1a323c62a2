using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using static Mano.VimAdapters.Conformance.ConformanceWorld;
using static Mano.VimAdapters.Conformance.ConformanceCheck;

namespace Mano.VimAdapters.Conformance;

/// <summary>Starting and stopping, keyed and numbered.</summary>
internal static class PowerChecks
{
    public static IReadOnlyList<ConformanceCheck> All { get; } = GroupOf("power",
    [
        Check("Stop and start, repeated, keep the compute and its address", StopAndStart, Rules.PowerFollows, Rules.PowerBusy).Needing(VimCapability.Power),
        Check("EnsureCompute leaves a stopped compute stopped", EnsureLeavesStopped, Rules.EnsureLeavesPower).Needing(VimCapability.Power),
        Check("SetPowerState with a lower number is ABORTED", LowerNumber, Rules.PowerLower).Needing(VimCapability.Power),
        Check("SetPowerState with the number of the opposite order is ABORTED", OppositeNumber, Rules.PowerLower).Needing(VimCapability.Power),
        Check("SetPowerState of nothing is NOT_FOUND, also after a delete with a lower number", Nothing, Rules.PowerNothing, Rules.PowerLower).Needing(VimCapability.Power),
        Check("A stopped compute is deleted like a running one", DeleteStopped, Rules.ReallyGone).Needing(VimCapability.Power),
        Check("SetPowerState without the capability is UNIMPLEMENTED", NotClaimed, Rules.PowerNotClaimed),
    ]);

    private static async Task StopAndStart(ConformanceWorld w)
    {
        var first = await w.RunningAsync(w.A);
        for (var round = 0; round < 3; round++)
        {
            var stop = w.Next();
            await w.TimesAsync(() => w.Vim.SetPowerStateAsync(w.A, stop, PowerState.Stopped, w.Patience));
            await w.ReachesAsync(w.A, ComputeState.Stopped);
            var start = w.Next();
            await w.TimesAsync(() => w.Vim.SetPowerStateAsync(w.A, start, PowerState.Started, w.Patience));
            var again = await w.ReachesAsync(w.A, ComputeState.Running);
            Equal(first.CreatedAt, again.CreatedAt, "created_at");
            Equal(first.Addresses[0], again.Addresses[0], "the address");
            Equal(0, again.RestartCount, "the restart count");
        }
    }

    private static async Task EnsureLeavesStopped(ConformanceWorld w)
    {
        await w.RunningAsync(w.A);
        await w.Vim.SetPowerStateAsync(w.A, w.Next(), PowerState.Stopped, w.Patience);
        await w.ReachesAsync(w.A, ComputeState.Stopped);
        var ensured = await w.Vim.EnsureComputeAsync(w.A, w.Next(), w.Spec(), w.Patience);
        Equal(ComputeState.Stopped, ensured.State, "the state");
    }

    private static async Task LowerNumber(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        await w.Vim.EnsureComputeAsync(w.A, 10, w.Spec(), w.Patience);
        await RefusedAsync(FailureKind.Conflict, () => w.Vim.SetPowerStateAsync(w.A, 9, PowerState.Stopped, w.Patience), "number 9 after 10");
        await w.ReachesAsync(w.A, ComputeState.Running);
        await w.Vim.SetPowerStateAsync(w.A, 12, PowerState.Stopped, w.Patience);
        await RefusedAsync(FailureKind.Conflict, () => w.Vim.SetPowerStateAsync(w.A, 11, PowerState.Started, w.Patience), "number 11 after 12");
        await w.ReachesAsync(w.A, ComputeState.Stopped);
    }

    private static async Task OppositeNumber(ConformanceWorld w)
    {
        await w.RunningAsync(w.A);
        var number = w.Next();
        await w.Vim.SetPowerStateAsync(w.A, number, PowerState.Stopped, w.Patience);
        await RefusedAsync(FailureKind.Conflict, () => w.Vim.SetPowerStateAsync(w.A, number, PowerState.Started, w.Patience), "a start with the number of the stop");
        await w.ReachesAsync(w.A, ComputeState.Stopped);
    }

    private static async Task Nothing(ConformanceWorld w)
    {
        await RefusedAsync(FailureKind.NotFound, () => w.Vim.SetPowerStateAsync(w.A, w.Next(), PowerState.Stopped, w.Patience), "a compute that never was");
        await w.RunningAsync(w.A);
        var delete = w.Next();
        await w.Vim.DeleteComputeIfAnyAsync(w.A, delete, w.Patience);
        await RefusedAsync(FailureKind.Conflict, () => w.Vim.SetPowerStateAsync(w.A, delete, PowerState.Started, w.Patience), "a number sealed by the delete");
        await RefusedAsync(FailureKind.NotFound, () => w.Vim.SetPowerStateAsync(w.A, w.Next(), PowerState.Started, w.Patience), "a compute that was deleted");
    }

    private static async Task DeleteStopped(ConformanceWorld w)
    {
        await w.RunningAsync(w.A);
        await w.Vim.SetPowerStateAsync(w.A, w.Next(), PowerState.Stopped, w.Patience);
        await w.ReachesAsync(w.A, ComputeState.Stopped);
        await w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience);
        True(await w.Vim.GetComputeAsync(w.A, w.Patience) is null, "the compute is still there");
    }

    private static async Task NotClaimed(ConformanceWorld w)
    {
        w.IsNotClaimed(VimCapability.Power);

        await w.RunningAsync(w.A);
        await RefusedAsync(FailureKind.Unimplemented, () => w.Vim.SetPowerStateAsync(w.A, w.Next(), PowerState.Stopped, w.Patience), "a power operation");
    }
}
