using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using static Mano.VimAdapters.Conformance.ConformanceWorld;
using static Mano.VimAdapters.Conformance.ConformanceCheck;

namespace Mano.VimAdapters.Conformance;

/// <summary>Same key, same compute; another spec, a refusal; deleting nothing, fine.</summary>
internal static class KeyChecks
{
    private static readonly string[] BadIds = ["", ".hidden", "-x", "a/b", "../up", "ä", "a b", "a\n", new('x', 129)];

    public static IReadOnlyList<ConformanceCheck> All { get; } = GroupOf("keys",
    [
        Check("EnsureCompute repeated with the same number gives the same compute", RepeatedEnsure, Rules.SameKey, Rules.SameNumber),
        Check("EnsureCompute called concurrently makes one compute", ConcurrentEnsure, Rules.SameKey, Rules.EnsureBusy),
        Check("EnsureCompute with another spec is ALREADY_EXISTS and changes nothing", OtherSpec, Rules.OtherSpec, Rules.EnsureOther),
        Check("Delete of nothing is OK, ten times", DeleteOfNothing, Rules.DeletingNothing),
        Check("Delete repeated and concurrent is OK, and nothing is left", RepeatedDelete, Rules.ReallyGone, Rules.DeleteBusy),
        Check("A deleted compute can be made anew with another spec", MadeAnew, Rules.OtherSpec),
        Check("Create and delete, ten times over, leaves nothing", ManyLives, Rules.ReallyGone),
        Check("Ill-formed ids are INVALID_ARGUMENT in every keyed call", IllFormedIds, Rules.IdShape),
        Check("Ids of any allowed shape are kept apart and given back", AllowedIds, Rules.IdShape),
        Check("An ill-formed spec is INVALID_ARGUMENT with every fault at its path", IllFormedSpec, Rules.EveryFault, Rules.IllFormed),
        Check("Spec and labels are given back unchanged", SpecGivenBack, Rules.LabelsKept),
        Check("ListComputes shows every compute, by id, and none that is gone", ListsAll, Rules.ListOurs),
        Check("A call that is cancelled before it starts has no effect", CancelledCall, Rules.Cancelled),
    ]);

    private static async Task RepeatedEnsure(ConformanceWorld w)
    {
        var first = await w.RunningAsync(w.A);
        for (var i = 0; i < w.Subject.Repetitions; i++)
        {
            var again = await w.Vim.EnsureComputeAsync(w.A, first.OperationNumber, w.Spec(), w.Patience);
            Equal(first.CreatedAt, again.CreatedAt, "created_at after a repetition");
            Equal(first.StartedAt, again.StartedAt, "started_at after a repetition");
            Equal(string.Join(",", first.Addresses), string.Join(",", again.Addresses), "the address after a repetition");
        }

        Equal(1, (await w.OursAsync()).Count, "the number of computes");
    }

    private static async Task ConcurrentEnsure(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        var before = await w.UsedAsync();
        var number = w.Next();
        var spec = w.Spec();
        var made = await w.TimesAsync(() => w.RetryBusyAsync(() => w.Vim.EnsureComputeAsync(w.A, number, spec, w.Patience)));
        Equal(1, made.Select(c => c.CreatedAt).Distinct().Count(), "the number of different creations seen");
        Equal(1, (await w.OursAsync()).Count, "the number of computes");
        Equal(before + spec.Resources, await w.UsedAsync(), "used capacity");
    }

    private static async Task OtherSpec(ConformanceWorld w)
    {
        var first = await w.RunningAsync(w.A);
        ComputeSpec[] others =
        [
            w.Spec() with { Name = "other" }, w.Spec() with { Resources = new(60, 32, 0) }, w.Spec() with { Labels = new("tenant-2", "app") },
            w.Spec() with { Ports = [] }, w.Spec() with { Environment = new Dictionary<string, string>() }, w.Spec() with { Command = ["x"] },
            w.Spec() with { RestartPolicy = RestartPolicy.Always },
        ];
        foreach (var other in others)
        {
            await RefusedAsync(FailureKind.AlreadyExists, () => w.Vim.EnsureComputeAsync(w.A, w.Next(), other, w.Patience), $"another {w.Spec().DifferenceFrom(other)}");
        }

        var now = await w.ReachesAsync(w.A, ComputeState.Running);
        True(now.Spec.SameAs(w.Spec()), "the refused spec was taken over");
        Equal(first.StartedAt, now.StartedAt, "started_at after refusals");
    }

    private static async Task DeleteOfNothing(ConformanceWorld w)
    {
        for (var i = 0; i < w.Subject.Repetitions; i++)
        {
            await w.Vim.DeleteComputeIfAnyAsync(w.Id("nothing"), w.Next(), w.Patience);
        }

        True(await w.Vim.GetComputeAsync(w.Id("nothing"), w.Patience) is null, "deleting nothing made something");
    }

    private static async Task RepeatedDelete(ConformanceWorld w)
    {
        await w.RunningAsync(w.A);
        var number = w.Next();
        await Task.WhenAll(Enumerable.Range(0, w.Subject.Repetitions).Select(_ => Task.Run(() => w.RetryBusyAsync(async () =>
        {
            await w.Vim.DeleteComputeIfAnyAsync(w.A, number, w.Patience);
            True(await w.Vim.GetComputeAsync(w.A, w.Patience) is null, "a delete said OK while the compute was still there");
            return true;
        }))));
        Equal(0, (await w.OursAsync()).Count, "the number of computes");
    }

    private static async Task MadeAnew(ConformanceWorld w)
    {
        await w.RunningAsync(w.A);
        await w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience);
        var other = w.Spec("other");
        var anew = await w.RunningAsync(w.A, other);
        True(anew.Spec.SameAs(other), "the compute has not the new spec");
        Equal(0, anew.RestartCount, "the restart count of a new compute");
    }

    private static async Task ManyLives(ConformanceWorld w)
    {
        var before = await w.UsedAsync();
        for (var i = 0; i < w.Subject.Repetitions; i++)
        {
            await w.RunningAsync(w.A);
            await w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience);
        }

        Equal(0, (await w.OursAsync()).Count, "the number of computes");
        Equal(before, await w.UsedAsync(), "used capacity");
    }

    private static async Task IllFormedIds(ConformanceWorld w)
    {
        foreach (var id in BadIds)
        {
            var shown = $"id '{id}'";
            await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.EnsureComputeAsync(id, 1, w.Spec(), w.Patience), $"EnsureCompute, {shown}");
            await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.GetComputeAsync(id, w.Patience), $"GetCompute, {shown}");
            await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.DeleteComputeIfAnyAsync(id, 1, w.Patience), $"DeleteComputeIfAny, {shown}");
            if (w.Capabilities.Has(VimCapability.Power))
            {
                await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.SetPowerStateAsync(id, 1, PowerState.Stopped, w.Patience), $"SetPowerState, {shown}");
            }

            if (w.Capabilities.Has(VimCapability.Logs))
            {
                await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.ReadLogAsync(id, 0, w.Patience), $"ReadLog, {shown}");
            }
        }
    }

    private static async Task AllowedIds(ConformanceWorld w)
    {
        string[] ids = ["A" + w.Run, "a.b" + w.Run, "a_b" + w.Run, "a-b" + w.Run, "0190b5c8-7d3f-7000" + w.Run, w.Run[1..].PadRight(128, 'z'), w.A];
        foreach (var id in ids)
        {
            await w.RunningAsync(id, w.Spec());
        }

        var listed = (await w.OursAsync()).Select(c => c.ComputeId);
        Equal(string.Join(" ", ids.Order(StringComparer.Ordinal)), string.Join(" ", listed), "the list of ids");
    }

    private static async Task IllFormedSpec(ConformanceWorld w)
    {
        var bad = w.Spec() with { Images = [], Resources = new(-1, 0, 0), Labels = new("", ""), Ports = [new("", 0, 0)], Environment = new Dictionary<string, string> { ["1=x"] = "" } };
        try
        {
            await w.Vim.EnsureComputeAsync(w.A, 1, bad, w.Patience);
        }
        catch (FailureException e) when (e.Failure.Kind == FailureKind.InvalidInput)
        {
            foreach (var path in new[] { "spec.images", "spec.resources", "spec.labels", "spec.ports[0].name", "spec.ports[0].number", "spec.ports[0].transport" })
            {
                True(e.Failure.Faults.Any(f => f.Path == path), $"the fault at {path} is not named; named are {string.Join(", ", e.Failure.Faults.Select(f => f.Path))}");
            }

            return;
        }

        throw new NotConformingException("an ill-formed spec was let through");
    }

    private static async Task SpecGivenBack(ConformanceWorld w)
    {
        var made = await w.RunningAsync(w.A);
        var listed = (await w.OursAsync()).Single();
        Equal(null, w.Spec().DifferenceFrom(made.Spec), "the field of the spec that differs when got");
        Equal(null, w.Spec().DifferenceFrom(listed.Spec), "the field of the spec that differs when listed");
        True(made.Reason.Length > 0, "the state has no reason");
    }

    private static async Task ListsAll(ConformanceWorld w)
    {
        foreach (var id in new[] { w.C, w.A, w.B })
        {
            await w.RunningAsync(id);
        }

        Equal($"{w.A} {w.B} {w.C}", string.Join(" ", (await w.OursAsync()).Select(c => c.ComputeId)), "the list");
        await w.Vim.DeleteComputeIfAnyAsync(w.B, w.Next(), w.Patience);
        Equal($"{w.A} {w.C}", string.Join(" ", (await w.OursAsync()).Select(c => c.ComputeId)), "the list after a delete");
    }

    private static async Task CancelledCall(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        try
        {
            await w.Vim.EnsureComputeAsync(w.A, w.Next(), w.Spec(), cancelled.Token);
            throw new NotConformingException("a cancelled call answered");
        }
        catch (Exception e) when (e is OperationCanceledException or FailureException { Failure.Kind: FailureKind.Cancelled })
        {
            True(await w.Vim.GetComputeAsync(w.A, w.Patience) is null, "a call cancelled before it started made a compute");
        }
    }
}
