using Mano.VimAdapters.Contract;
using static Mano.VimAdapters.Conformance.ConformanceWorld;
using static Mano.VimAdapters.Conformance.VimConformance;

namespace Mano.VimAdapters.Conformance;

/// <summary>What a watch tells is what a list shows.</summary>
internal static class WatchChecks
{
    public static IReadOnlyList<ConformanceCheck> All { get; } =
    [
        Check("A watch lists what is there, then says SYNCED", ListsFirst),
        Check("A watch sees a compute come, run and go", SeesLife),
        Check("Every watcher sees the change, also one that reads late", EveryWatcher),
        Check("A watch opened again starts with the present", OpenedAgain),
        Check("The list shows our computes and no other", OnlyOurs),
    ];

    private static async Task ListsFirst(ConformanceWorld w)
    {
        await w.RunningAsync(w.A);
        await w.RunningAsync(w.B);
        var listed = await UntilAsync(w, e => e.Kind == ComputeEventKind.Synced);
        Equal($"{w.A} {w.B}", string.Join(" ", listed.Where(e => e.Kind == ComputeEventKind.Listed).Select(e => e.ComputeId)), "what was listed");
        True(listed.SkipLast(1).All(e => e.Kind == ComputeEventKind.Listed), "something else came before SYNCED");
    }

    private static async Task SeesLife(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        var synced = new TaskCompletionSource();
        var running = new TaskCompletionSource();
        var seen = UntilAsync(w, e =>
        {
            Note(e.Kind == ComputeEventKind.Synced, synced);
            Note(e.Compute?.State == ComputeState.Running, running);
            return e is { Kind: ComputeEventKind.Deleted, ComputeId: var gone } && gone == w.A;
        });
        await synced.Task.WaitAsync(w.Subject.Patience, TimeProvider.System);
        await w.Vim.EnsureComputeAsync(w.A, w.Next(), w.Spec(), w.Patience);
        await running.Task.WaitAsync(w.Subject.Patience, TimeProvider.System);
        await w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience);
        True((await seen).Where(e => e.Kind == ComputeEventKind.Changed).All(e => e.Compute?.ComputeId == w.A), "a change has no compute, or another");
    }

    private static async Task EveryWatcher(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        await using var late = w.Vim.WatchComputesAsync(w.Patience).GetAsyncEnumerator();
        True(await late.MoveNextAsync() && late.Current.Kind == ComputeEventKind.Synced, "a watch on nothing does not begin with SYNCED");
        var watchers = Enumerable.Range(0, 3).Select(_ => UntilAsync(w, e => e.Compute?.State == ComputeState.Running)).ToArray();
        await w.RunningAsync(w.A);
        await Task.WhenAll(watchers);
        while (late.Current.Compute?.State != ComputeState.Running)
        {
            True(await late.MoveNextAsync(), "the late watcher's stream ended");
        }
    }

    private static async Task OpenedAgain(ConformanceWorld w)
    {
        await w.RunningAsync(w.A);
        await UntilAsync(w, e => e.Kind == ComputeEventKind.Synced);
        await w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience);
        await w.RunningAsync(w.B);
        var again = await UntilAsync(w, e => e.Kind == ComputeEventKind.Synced);
        Equal(w.B, string.Join(" ", again.Where(e => e.Kind == ComputeEventKind.Listed).Select(e => e.ComputeId)), "what was listed");
    }

    private static async Task OnlyOurs(ConformanceWorld w)
    {
        if (w.Subject.AddForeignCompute is null)
        {
            throw new NotShownException("the subject cannot add a foreign compute");
        }

        await using var foreign = await w.Subject.AddForeignCompute();
        await w.RunningAsync(w.A);
        Equal(w.A, string.Join(" ", (await w.Vim.ListComputesAsync(w.Patience)).Select(c => c.ComputeId)), "the list");
    }

    private static async Task<List<ComputeEvent>> UntilAsync(ConformanceWorld w, Func<ComputeEvent, bool> isLast)
    {
        var seen = new List<ComputeEvent>();
        await foreach (var change in w.Vim.WatchComputesAsync(w.Patience))
        {
            seen.Add(change);
            if (isLast(change))
            {
                return seen;
            }
        }

        throw new NotConformingException($"the watch ended after {seen.Count} events");
    }

    private static void Note(bool happened, TaskCompletionSource what)
    {
        if (happened)
        {
            what.TrySetResult();
        }
    }
}
