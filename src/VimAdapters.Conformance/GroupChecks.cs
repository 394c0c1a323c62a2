using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using static Mano.VimAdapters.Conformance.ConformanceCheck;
using static Mano.VimAdapters.Conformance.ConformanceWorld;

namespace Mano.VimAdapters.Conformance;

/// <summary>Groups are kept, or refused with a reason. Where a compute lies is not told, so what cannot be is asked for.</summary>
internal static class GroupChecks
{
    public static IReadOnlyList<ConformanceCheck> All { get; } = GroupOf("groups",
    [
        Check("Two computes of a TOGETHER group run", Together, Rules.Groups).Needing(VimCapability.Affinity),
        Check("Two computes of an APART group run, or the second is refused with the reason", Apart, Rules.Groups, Rules.GroupNotKept).Needing(VimCapability.Affinity),
        Check("Together and apart from the same compute cannot be: it is refused, or FAILED, with the reason", Impossible, Rules.GroupNotKept).Needing(VimCapability.Affinity),
        Check("A group lasts as long as its computes, and binds one tenant", EndsWithItsComputes, Rules.Groups).Needing(VimCapability.Affinity),
        Check("Other groups under the same key are ALREADY_EXISTS", OtherGroups, Rules.EnsureOther).Needing(VimCapability.Affinity),
        Check("A group without a rule, with an ill-formed name or given twice is INVALID_ARGUMENT", IllFormed, Rules.IllFormed, Rules.Unspecified).Needing(VimCapability.Affinity),
        Check("Groups without the capability are UNIMPLEMENTED", NotClaimed, Rules.SpecNotClaimed, Rules.NotClaimed),
    ]);

    private static async Task Together(ConformanceWorld w)
    {
        await w.RunningAsync(w.A, In(w, AffinityRule.Together));
        await w.RunningAsync(w.B, In(w, AffinityRule.Together));
    }

    private static async Task Apart(ConformanceWorld w)
    {
        await w.RunningAsync(w.A, In(w, AffinityRule.Apart));
        await RunsOrSaysWhyAsync(w, w.B, In(w, AffinityRule.Apart));
    }

    private static async Task Impossible(ConformanceWorld w)
    {
        var both = In(w, AffinityRule.Together, AffinityRule.Apart);
        if (!await RunsOrSaysWhyAsync(w, w.A, both))
        {
            throw new NotShownException("this VIM keeps one group for each compute");
        }

        True(!await RunsOrSaysWhyAsync(w, w.B, both), "it runs together with, and apart from, the same compute", "RESOURCE_EXHAUSTED, or FAILED with the reason");
        Equal(ComputeState.Running, (await w.Vim.GetComputeAsync(w.A, w.Patience))?.State, "the first compute");
    }

    private static async Task EndsWithItsComputes(ConformanceWorld w)
    {
        for (var life = 0; life < 3; life++)
        {
            await w.RunningAsync(w.A, In(w, AffinityRule.Apart));
            await w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience);
        }

        await w.RunningAsync(w.A, In(w, AffinityRule.Together));
        await w.RunningAsync(w.B, In(w, AffinityRule.Apart) with { Labels = new("another-tenant", "app") });
    }

    private static async Task OtherGroups(ConformanceWorld w)
    {
        await w.RunningAsync(w.A, In(w, AffinityRule.Apart));
        await RefusedAsync(FailureKind.AlreadyExists, () => w.Vim.EnsureComputeAsync(w.A, w.Next(), In(w, AffinityRule.Together), w.Patience), "the other rule");
        await RefusedAsync(FailureKind.AlreadyExists, () => w.Vim.EnsureComputeAsync(w.A, w.Next(), w.Spec(), w.Patience), "no group");
    }

    private static async Task IllFormed(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        AffinityGroup[][] wrong =
            [[new("g", 0)], [new("", AffinityRule.Apart)], [new("a/b", AffinityRule.Apart)], [new("g", AffinityRule.Apart), new("g", AffinityRule.Apart)], [.. Enumerable.Range(0, 9).Select(i => new AffinityGroup($"g{i}", AffinityRule.Apart))]];
        foreach (var groups in wrong)
        {
            await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.EnsureComputeAsync(w.A, w.Next(), w.Spec() with { Groups = groups }, w.Patience), string.Join(", ", groups.Take(2)));
        }
    }

    private static async Task NotClaimed(ConformanceWorld w)
    {
        w.IsNotClaimed(VimCapability.Affinity);
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        await RefusedAsync(FailureKind.Unimplemented, () => w.Vim.EnsureComputeAsync(w.A, w.Next(), In(w, AffinityRule.Apart), w.Patience), "a group");
    }

    private static ComputeSpec In(ConformanceWorld w, params AffinityRule[] rules) => w.Spec() with { Groups = [.. rules.Select(r => new AffinityGroup("kit" + w.Run, r))] };

    /// <summary>Whether it runs; where not, that the reason was said and nothing is left that could still come up.</summary>
    private static async Task<bool> RunsOrSaysWhyAsync(ConformanceWorld w, string id, ComputeSpec spec)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        try
        {
            await w.Vim.EnsureComputeAsync(id, w.Next(), spec, w.Patience);
        }
        catch (FailureException e) when (e.Failure.Kind is FailureKind.NoCapacity or FailureKind.Unimplemented)
        {
            True(e.Failure.Message.Length > 0, "the refusal says nothing");
            True(await w.Vim.GetComputeAsync(id, w.Patience) is null, "the refused create left a compute");
            return false;
        }

        var ended = await w.ReachesAsync(id, "RUNNING or FAILED", c => c.State is ComputeState.Running or ComputeState.Failed);
        True(ended.State == ComputeState.Running || ended.Reason.Length > 0, "it FAILED without a reason");
        return ended.State == ComputeState.Running;
    }
}
