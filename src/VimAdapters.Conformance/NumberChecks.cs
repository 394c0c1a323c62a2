using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using static Mano.VimAdapters.Conformance.ConformanceWorld;
using static Mano.VimAdapters.Conformance.ConformanceCheck;

namespace Mano.VimAdapters.Conformance;

/// <summary>A message that comes late does not undo a newer one.</summary>
internal static class NumberChecks
{
    public static IReadOnlyList<ConformanceCheck> All { get; } = GroupOf("numbers",
    [
        Check("Numbers below 1 are INVALID_ARGUMENT", BelowOne, Rules.NumberGrows),
        Check("EnsureCompute with a lower number is ABORTED", LowerEnsure, Rules.EnsureLower, Rules.LowerIsAborted),
        Check("Delete with a lower number is ABORTED and the compute stays", LowerDelete, Rules.DeleteLower, Rules.LowerIsAborted),
        Check("EnsureCompute that lands after its delete is ABORTED, also long after", LateEnsure, Rules.Seals, Rules.SealOutlives),
        Check("EnsureCompute that lands after the delete of nothing is ABORTED", LateEnsureAfterDeleteOfNothing, Rules.Seals),
        Check("Delete with the number of the create deletes", SameNumberDelete, Rules.SameNumber),
        Check("A refused call does not move the number", RefusalMovesNothing, Rules.NumberGrows),
        Check("Greater numbers on the same spec are taken and reported", GreaterNumbers, Rules.NumberGrows),
    ]);

    private static async Task BelowOne(ConformanceWorld w)
    {
        foreach (var number in new[] { 0, -1, long.MinValue })
        {
            await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.EnsureComputeAsync(w.A, number, w.Spec(), w.Patience), $"EnsureCompute, number {number}");
            await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.DeleteComputeIfAnyAsync(w.A, number, w.Patience), $"DeleteComputeIfAny, number {number}");
            if (w.Capabilities.Has(VimCapability.Power))
            {
                await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.SetPowerStateAsync(w.A, number, PowerState.Stopped, w.Patience), $"SetPowerState, number {number}");
            }
        }
    }

    private static async Task LowerEnsure(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        await w.Vim.EnsureComputeAsync(w.A, 10, w.Spec(), w.Patience);
        await StaleAsync(() => w.Vim.EnsureComputeAsync(w.A, 9, w.Spec(), w.Patience), "number 9 after 10");
    }

    private static async Task LowerDelete(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        await w.Vim.EnsureComputeAsync(w.A, 10, w.Spec(), w.Patience);
        await StaleAsync(() => w.Vim.DeleteComputeIfAnyAsync(w.A, 9, w.Patience), "a delete with number 9 after 10");
        await w.ReachesAsync(w.A, ComputeState.Running);
    }

    private static async Task LateEnsure(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        await w.Vim.EnsureComputeAsync(w.A, 10, w.Spec(), w.Patience);
        await w.Vim.DeleteComputeIfAnyAsync(w.A, 11, w.Patience);
        for (var i = 0; i < w.Subject.Repetitions; i++)
        {
            await StaleAsync(() => w.Vim.EnsureComputeAsync(w.A, 10, w.Spec(), w.Patience), "the create, after the delete");
            await StaleAsync(() => w.Vim.EnsureComputeAsync(w.A, 11, w.Spec(), w.Patience), "a create with the delete's number");
        }

        True(await w.Vim.GetComputeAsync(w.A, w.Patience) is null, "a late create made a compute");
        await w.Vim.EnsureComputeAsync(w.A, 12, w.Spec(), w.Patience);
        await w.ReachesAsync(w.A, ComputeState.Running);
    }

    private static async Task LateEnsureAfterDeleteOfNothing(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        await w.Vim.DeleteComputeIfAnyAsync(w.A, 5, w.Patience);
        await StaleAsync(() => w.Vim.EnsureComputeAsync(w.A, 4, w.Spec(), w.Patience), "a create overtaken by its delete");
        await StaleAsync(() => w.Vim.EnsureComputeAsync(w.A, 5, w.Spec(), w.Patience), "a create with the delete's number");
        True(await w.Vim.GetComputeAsync(w.A, w.Patience) is null, "a late create made a compute");
    }

    private static async Task SameNumberDelete(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        await w.Vim.EnsureComputeAsync(w.A, 10, w.Spec(), w.Patience);
        await w.Vim.DeleteComputeIfAnyAsync(w.A, 10, w.Patience);
        True(await w.Vim.GetComputeAsync(w.A, w.Patience) is null, "the compute is still there");
    }

    private static async Task RefusalMovesNothing(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        await w.Vim.EnsureComputeAsync(w.A, 10, w.Spec(), w.Patience);
        await RefusedAsync(FailureKind.AlreadyExists, () => w.Vim.EnsureComputeAsync(w.A, 20, w.Spec("other"), w.Patience), "another spec");
        await w.Vim.EnsureComputeAsync(w.A, 11, w.Spec(), w.Patience);
    }

    private static async Task GreaterNumbers(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        foreach (var number in new long[] { 1, 2, 1_000, long.MaxValue })
        {
            await w.Vim.EnsureComputeAsync(w.A, number, w.Spec(), w.Patience);
            Equal(number, (await w.Vim.GetComputeAsync(w.A, w.Patience))!.OperationNumber, "the number reported");
        }

        await w.Vim.DeleteComputeIfAnyAsync(w.A, long.MaxValue, w.Patience);
    }
}
