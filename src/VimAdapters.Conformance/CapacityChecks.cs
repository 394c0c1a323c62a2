using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using static Mano.VimAdapters.Conformance.ConformanceWorld;
using static Mano.VimAdapters.Conformance.ConformanceCheck;

namespace Mano.VimAdapters.Conformance;

/// <summary>Capacity is what is left when all computes are counted; it comes back with the delete.</summary>
internal static class CapacityChecks
{
    public static IReadOnlyList<ConformanceCheck> All { get; } = GroupOf("capacity",
    [
        Check("Used capacity moves by what the compute takes, and returns with its delete", MovesAndReturns, Rules.Capacity, Rules.ReallyGone),
        Check("More than there is, is RESOURCE_EXHAUSTED and leaves nothing", TooMuch, Rules.NoCapacity),
        Check("A zone that does not exist is FAILED_PRECONDITION", NoZone, Rules.NoZone),
        Check("A stopped compute keeps its capacity", StoppedKeeps, Rules.Capacity).Needing(VimCapability.Power),
        Check("An address of the caller's choice is given once", FixedAddress, Rules.FixedAddress).Needing(VimCapability.FixedAddresses),
        Check("Computes have different addresses", DifferentAddresses, Rules.Addresses),
    ]);

    private static async Task MovesAndReturns(ConformanceWorld w)
    {
        var before = await w.Vim.GetCapacityAsync(w.Patience);
        await w.RunningAsync(w.A);
        await w.RunningAsync(w.B);
        var during = await w.Vim.GetCapacityAsync(w.Patience);
        Equal(before.Used + w.Subject.Small + w.Subject.Small, during.Used, "used capacity with two computes");
        Equal(before.Total, during.Total, "total capacity");
        await w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience);
        await w.Vim.DeleteComputeIfAnyAsync(w.B, w.Next(), w.Patience);
        Equal(before.Used, (await w.Vim.GetCapacityAsync(w.Patience)).Used, "used capacity after the deletes");
    }

    private static async Task TooMuch(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        var (total, before) = await w.Vim.GetCapacityAsync(w.Patience);
        VimResources[] tooMuch = [new(total.MilliCpu + 1, 0, 0), new(0, total.MemoryMib + 1, 0), new(0, 0, total.DiskGib + 1)];
        foreach (var resources in tooMuch)
        {
            await RefusedAsync(FailureKind.NoCapacity, () => w.Vim.EnsureComputeAsync(w.A, w.Next(), w.Spec() with { Resources = resources }, w.Patience), $"{resources}");
            True(await w.Vim.GetComputeAsync(w.A, w.Patience) is null, "the refused create left a compute");
        }

        Equal(before, await w.UsedAsync(), "used capacity");
        await w.RunningAsync(w.A);
    }

    private static async Task NoZone(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        await RefusedAsync(FailureKind.IllegalState, () => w.Vim.EnsureComputeAsync(w.A, w.Next(), w.Spec() with { Zone = "no-such-zone" }, w.Patience), "an unknown zone");
        foreach (var zone in w.Capabilities.Zones)
        {
            await w.RunningAsync(w.Id(zone), w.Spec() with { Zone = zone });
        }
    }

    private static async Task StoppedKeeps(ConformanceWorld w)
    {
        var before = await w.UsedAsync();
        await w.RunningAsync(w.A);
        await w.Vim.SetPowerStateAsync(w.A, w.Next(), PowerState.Stopped, w.Patience);
        await w.ReachesAsync(w.A, ComputeState.Stopped);
        Equal(before + w.Subject.Small, await w.UsedAsync(), "used capacity");
    }

    private static async Task FixedAddress(ConformanceWorld w)
    {
        var chosen = (await w.RunningAsync(w.A)).Addresses[0];
        await w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience);
        var again = await w.RunningAsync(w.B, w.Spec() with { Address = chosen });
        Equal(chosen, again.Addresses[0], "the address");
        await RefusedAsync(FailureKind.NoCapacity, () => w.Vim.EnsureComputeAsync(w.C, w.Next(), w.Spec() with { Address = chosen }, w.Patience), "an address that is taken");
    }

    private static async Task DifferentAddresses(ConformanceWorld w)
    {
        var addresses = new HashSet<string>();
        foreach (var id in new[] { w.A, w.B, w.C })
        {
            var compute = await w.RunningAsync(id);
            True(compute.Addresses.Count > 0, "the compute has no address");
            True(addresses.Add(compute.Addresses[0]), $"{compute.Addresses[0]} was given twice");
        }
    }
}
